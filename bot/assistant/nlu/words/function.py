"""Characters that carry grammar rather than a matter; no name of a topic begins or ends with one."""

from __future__ import annotations

FUNCTION_CHARACTERS = frozenset(
    "的了吗我你您他她它们是在有不没就都和与也呢啊吧请问想要能可以会怎么什这那个给把被让到从为谁几多很好再又还才只"
)
