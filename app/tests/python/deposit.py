"""A client that was not written here: `solders` reads accounts through the IDL's layout, opens an account and deposits.

    deposit.py <network.json>
"""

import base64
import json
import struct
import sys
import time
import urllib.request
from pathlib import Path

from solders.hash import Hash
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.message import Message
from solders.pubkey import Pubkey
from solders.system_program import TransferParams, transfer
from solders.transaction import Transaction

from layout import Idl

AMOUNT = 1_234_567_890
SYSTEM = Pubkey.from_string("11111111111111111111111111111111")
ASSOCIATED = Pubkey.from_string("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL")


class Node:
    def __init__(self, url: str):
        self.url = url

    def ask(self, method: str, *params):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self.url, body, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as response:
            answer = json.load(response)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def data(self, address: Pubkey) -> bytes:
        value = self.ask("getAccountInfo", str(address), {"encoding": "base64", "commitment": "confirmed"})["value"]
        if value is None:
            raise RuntimeError(f"{address} does not exist")
        return base64.b64decode(value["data"][0])

    def send(self, instructions, signers) -> None:
        blockhash = Hash.from_string(self.ask("getLatestBlockhash", {"commitment": "confirmed"})["value"]["blockhash"])
        message = Message.new_with_blockhash(instructions, signers[0].pubkey(), blockhash)
        wire = base64.b64encode(bytes(Transaction(signers, message, blockhash))).decode()
        signature = self.ask("sendTransaction", wire, {"encoding": "base64", "preflightCommitment": "confirmed"})
        for _ in range(100):
            status = self.ask("getSignatureStatuses", [signature])["value"][0]
            if status and status["err"]:
                raise RuntimeError(f"{signature} failed: {status['err']}")
            if status and status["confirmationStatus"] != "processed":
                return
            time.sleep(0.3)
        raise RuntimeError(f"{signature} was not confirmed")


def instruction(idl: Idl, name: str, accounts: dict, arguments: bytes) -> Instruction:
    """An instruction with its accounts as the IDL orders and marks them."""
    described = idl.instructions[name]
    metas = [
        AccountMeta(accounts[one["name"]], one.get("signer", False), one.get("writable", False)) for one in described["accounts"]
    ]
    return Instruction(idl.address, bytes(described["discriminator"]) + arguments, metas)


def tokens(node: Node, token: Pubkey) -> int:
    return struct.unpack_from("<Q", node.data(token), 64)[0]


def main() -> None:
    network = json.loads(Path(sys.argv[1]).read_text())
    idl = Idl(Path(__file__).parents[2] / "client" / "idl" / "plimsoll.json")
    node = Node(network["rpc"])
    exchange_at, mint, token_program = (Pubkey.from_string(network[name]) for name in ("exchange", "quoteMint", "tokenProgram"))
    assert str(idl.address) == network["program"]

    exchange = idl.account("Exchange", node.data(exchange_at))
    assert exchange["quote_mint"] == mint and exchange["token_program"] == token_program
    assert exchange["market_count"] == len(network["markets"])
    for index, described in enumerate(network["markets"]):
        market = idl.account("Market", node.data(Pubkey.from_string(described["address"])))
        assert market["exchange"] == exchange_at and market["index"] == index
        assert str(market["queue"]) == described["queue"]
        assert market["core"]["price"]["oracle"] > 0 and market["core"]["book"]["treasury"] > 0
        queue = idl.account("LiquidationQueue", node.data(market["queue"]))
        assert str(queue["market"]) == described["address"]
    fund = idl.account("InsuranceFund", node.data(Pubkey.from_string(network["insuranceFund"])))
    assert fund["accounted"] == fund["money"]["shared"] + fund["money"]["own"]

    faucet, owner = Keypair.from_bytes(bytes(network["faucet"]["secretKey"])), Keypair()
    seeds = [bytes(owner.pubkey()), bytes(token_program), bytes(mint)]
    token, _ = Pubkey.find_program_address(seeds, ASSOCIATED)
    create = Instruction(
        ASSOCIATED,
        bytes([1]),
        [
            AccountMeta(faucet.pubkey(), True, True),
            AccountMeta(token, False, True),
            *(AccountMeta(key, False, False) for key in (owner.pubkey(), mint, SYSTEM, token_program)),
        ],
    )
    mint_to = Instruction(
        token_program,
        bytes([7]) + struct.pack("<Q", 2 * AMOUNT),
        [AccountMeta(mint, False, True), AccountMeta(token, False, True), AccountMeta(faucet.pubkey(), True, False)],
    )
    lamports = TransferParams(from_pubkey=faucet.pubkey(), to_pubkey=owner.pubkey(), lamports=100_000_000)
    node.send([transfer(lamports), create, mint_to], [faucet])

    margin, _ = Pubkey.find_program_address([b"margin", bytes(exchange_at), bytes(owner.pubkey()), bytes(2)], idl.address)
    accounts = {
        "authority": owner.pubkey(),
        "exchange": exchange_at,
        "margin": margin,
        "owner": owner.pubkey(),
        "quote_mint": mint,
        "source": token,
        "system_program": SYSTEM,
        "token_program": token_program,
        "vault": exchange["vault"],
    }
    opening = instruction(idl, "open_account", accounts, struct.pack("<H", 0))
    deposit = instruction(idl, "deposit", accounts, struct.pack("<Q", AMOUNT))
    node.send([opening, deposit], [owner])

    account = idl.account("MarginAccount", node.data(margin))
    assert account["owner"] == owner.pubkey() and account["exchange"] == exchange_at
    assert account["cash"] == AMOUNT, account["cash"]
    assert tokens(node, token) == AMOUNT
    after = idl.account("Exchange", node.data(exchange_at))
    assert after["accounted"] >= exchange["accounted"] + AMOUNT

    try:
        node.send([instruction(idl, "deposit", accounts, struct.pack("<Q", 2 * AMOUNT))], [owner])
    except RuntimeError:
        pass
    else:
        raise AssertionError("more was deposited than there was")
    assert tokens(node, token) == AMOUNT
    print(f"solders: {len(network['markets'])} markets read through the IDL, {AMOUNT} atoms deposited into {margin}")


if __name__ == "__main__":
    main()
