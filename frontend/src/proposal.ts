// SPDX-License-Identifier: AGPL-3.0-only
// The page of a proposal.

import { voting } from "./vote";

voting();
