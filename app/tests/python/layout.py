"""Reads accounts by the layout that the IDL gives: fields as they stand in memory (`repr(C)`), little endian."""

import json
import struct
from pathlib import Path

from solders.pubkey import Pubkey

NUMBERS = {"u8": "B", "i8": "b", "u16": "H", "i16": "h", "u32": "I", "i32": "i", "u64": "Q", "i64": "q"}


class Idl:
    def __init__(self, path: Path):
        idl = json.loads(path.read_text())
        self.address = Pubkey.from_string(idl["address"])
        self.types = {kind["name"]: kind for kind in idl["types"]}
        self.accounts = {account["name"]: bytes(account["discriminator"]) for account in idl["accounts"]}
        self.instructions = {one["name"]: one for one in idl["instructions"]}
        self.errors = {error["code"]: error["msg"] for error in idl["errors"]}

    def alignment(self, kind) -> int:
        if isinstance(kind, str):
            return struct.calcsize(NUMBERS[kind]) if kind in NUMBERS else 1
        if "array" in kind:
            return self.alignment(kind["array"][0])
        return max(self.alignment(field["type"]) for field in self.fields(kind))

    def fields(self, kind):
        return self.types[kind["defined"]["name"]]["type"]["fields"]

    def read(self, kind, data: bytes, at: int):
        """A value and where it ends."""
        align = self.alignment(kind)
        if at % align:
            raise ValueError(f"{kind} stands at {at}: the layout has a hole that the IDL does not name")
        if kind == "pubkey":
            return Pubkey.from_bytes(data[at : at + 32]), at + 32
        if isinstance(kind, str):
            size = struct.calcsize(NUMBERS[kind])
            return struct.unpack_from("<" + NUMBERS[kind], data, at)[0], at + size
        if "array" in kind:
            inner, count = kind["array"]
            values = []
            for _ in range(count):
                value, at = self.read(inner, data, at)
                values.append(value)
            return values, at
        value = {}
        for field in self.fields(kind):
            value[field["name"]], at = self.read(field["type"], data, at)
        return value, at

    def account(self, name: str, data: bytes):
        """An account, which must be of this kind and of exactly this length."""
        if data[:8] != self.accounts[name]:
            raise ValueError(f"this is no {name}")
        value, end = self.read({"defined": {"name": name}}, data[8:], 0)
        if end != len(data) - 8:
            raise ValueError(f"{name} has {len(data)} bytes, its layout {end + 8}")
        return value
