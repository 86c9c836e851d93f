/**
 * What crosses the wire between the console and `/api/v1/desk`; the contract is docs/desk.md. Times are ISO 8601 with an offset.
 * `tests/integration/test_console_types.py` holds real answers against these types.
 */
export * from "./chats";
export * from "./customers";
export * from "./figures";
export * from "./live";
export * from "./messages";
export * from "./people";
export * from "./queue";
export * from "./tools";
export * from "./words";
