// Fails when the built widget weighs more than a customer's phone should have to load.
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const LIMIT_BYTES = 25 * 1024;
const file = "dist/widget.js";
const raw = await readFile(file).catch(() => {
  console.error(`${file} is missing: run "npm run build" first.`);
  process.exit(1);
});
const gzipped = gzipSync(raw, { level: 9 }).length;
console.log(`${file}: ${raw.length} bytes, ${gzipped} gzipped (limit ${LIMIT_BYTES})`);
if (gzipped > LIMIT_BYTES) process.exit(1);
