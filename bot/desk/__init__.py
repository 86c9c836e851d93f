"""The agents' tools: lists, search, notes, macros, marks, ratings. Who speaks is decided in `bot/handoff`."""
