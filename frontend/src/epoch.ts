// SPDX-License-Identifier: AGPL-3.0-only
// The page of an epoch: object in the review, claim when it is final.

import { claiming } from "./claim";
import { voting } from "./vote";

voting();
claiming();
