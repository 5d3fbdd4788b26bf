// SPDX-License-Identifier: AGPL-3.0-only
// How many rows all of ponder's tables have, in its own PGlite folder: count.mjs FOLDER SCHEMA
import { PGlite } from "@electric-sql/pglite";

const [folder, schema] = process.argv.slice(2);
const db = await PGlite.create(folder);
const tables = await db.query("SELECT tablename FROM pg_tables WHERE schemaname = $1", [schema]);
let rows = 0;
for (const { tablename } of tables.rows) {
  if (tablename.startsWith("_")) continue;
  const found = await db.query(`SELECT count(*) AS n FROM "${schema}"."${tablename}"`);
  rows += Number(found.rows[0].n);
}
console.log(rows);
await db.close();
