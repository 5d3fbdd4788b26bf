# SPDX-License-Identifier: AGPL-3.0-only
"""A wallet in the browser: announced by EIP-6963, signing with a member's key, asking a real node.

A test can let it decline, change its account or chain, or lose its node.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, Page

from millpond.chain.client import Client
from millpond.chain.signers import LocalSigner
from millpond.core.errors import MillpondError
from millpond.core.subjects import to_hex
from tests.chain.nodes import CHAIN_ID

NAME, RDNS = "Test wallet", "coop.test.wallet"
ICON = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E"
DECLINED = {"code": 4001, "message": "User rejected the request."}
NO_NODE = {"code": -32603, "message": "Failed to fetch"}

_PROVIDER = """
(() => {
  const heard = {};
  const provider = {
    async request(asked) {
      const said = JSON.parse(await window.__wallet(JSON.stringify(asked)));
      if (said.error) throw Object.assign(new Error(said.error.message), said.error);
      return said.result;
    },
    on(event, told) { (heard[event] ??= new Set()).add(told); },
    removeListener(event, told) { heard[event]?.delete(told); },
  };
  window.__emit = (event, value) => [...(heard[event] ?? [])].forEach((told) => told(value));
  if (INJECTED) window.ethereum = provider;
  if (!ANNOUNCED) return;
  const info = { uuid: "6a9b6b0e-0001-4000-8000-000000000001", name: NAME, icon: ICON, rdns: RDNS };
  const announce = () => dispatchEvent(new CustomEvent("eip6963:announceProvider", {
    detail: Object.freeze({ info, provider }),
  }));
  addEventListener("eip6963:requestProvider", announce);
  announce();
})();
"""


@dataclass
class Wallet:
    """What the extension of one member holds."""

    client: Client
    signer: LocalSigner
    chain_id: int = CHAIN_ID
    declines: bool = False
    node_down: bool = False
    allowed: bool = False
    """Whether the page may see the account."""
    known_chains: set[int] = field(default_factory=lambda: {CHAIN_ID, 1})
    asked: list[str] = field(default_factory=list)
    signed: list[dict[str, Any]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def install(
        self, context: BrowserContext, *, announced: bool = True, injected: bool = False
    ) -> None:
        """Before the first page of a window."""
        context.expose_binding("__wallet", lambda _, text: self._answer(text))
        script = _PROVIDER.replace("INJECTED", json.dumps(injected))
        script = script.replace("ANNOUNCED", json.dumps(announced))
        for word, value in (("NAME", NAME), ("ICON", ICON), ("RDNS", RDNS)):
            script = script.replace(f": {word}", f": {json.dumps(value)}")
        context.add_init_script(script)

    def becomes(self, page: Page, signer: LocalSigner) -> None:
        """The member chooses another account in the wallet."""
        self.signer = signer
        page.evaluate("account => __emit('accountsChanged', [account])", signer.address)

    def goes_to(self, page: Page, chain_id: int) -> None:
        """She chooses another chain in the wallet."""
        self.chain_id = chain_id
        page.evaluate("chain => __emit('chainChanged', chain)", hex(chain_id))

    def _answer(self, text: str) -> str:
        # an exception would lose its code on the way
        question = json.loads(text)
        method, params = question["method"], question.get("params", [])
        self.asked.append(method)
        own = getattr(self, f"_{method}", None)
        try:
            said = own(params) if own else self._node(method, params)
        except MillpondError as error:
            said = {"error": {"code": -32603, "message": error.message}}
        return json.dumps(said)

    def _node(self, method: str, params: list[Any]) -> dict[str, Any]:
        if self.node_down:
            return {"error": NO_NODE}
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        reply: dict[str, Any] = json.loads(self.client.rpc.exchange(json.dumps(body).encode()))
        return {name: reply[name] for name in ("result", "error") if name in reply}

    # --- what a wallet answers itself -------------------------------------------------------------

    def _eth_chainId(self, _: list[Any]) -> dict[str, Any]:  # noqa: N802  the request's own name
        return {"result": hex(self.chain_id)}

    def _eth_accounts(self, _: list[Any]) -> dict[str, Any]:
        return {"result": [self.signer.address] if self.allowed else []}

    def _eth_requestAccounts(self, _: list[Any]) -> dict[str, Any]:  # noqa: N802  as above
        if self.declines:
            return {"error": DECLINED}
        self.allowed = True
        return {"result": [self.signer.address]}

    def _eth_signTypedData_v4(self, params: list[Any]) -> dict[str, Any]:  # noqa: N802  as above
        if self.declines:
            return {"error": DECLINED}
        account, typed = params[0], json.loads(params[1])
        assert account == self.signer.address
        self.signed.append(typed)
        return {"result": to_hex(self.signer.sign_typed(typed))}

    def _eth_sendTransaction(self, params: list[Any]) -> dict[str, Any]:  # noqa: N802  as above
        if self.declines:
            return {"error": DECLINED}
        said = self._node("eth_sendTransaction", params)
        self.sent += [said["result"]] if "result" in said else []
        return said

    def _wallet_switchEthereumChain(self, params: list[Any]) -> dict[str, Any]:  # noqa: N802  as above
        wanted = int(params[0]["chainId"], 16)
        if wanted not in self.known_chains:
            return {"error": {"code": 4902, "message": "Unrecognized chain ID."}}
        self.chain_id = wanted
        return {"result": None}

    def _wallet_addEthereumChain(self, params: list[Any]) -> dict[str, Any]:  # noqa: N802  as above
        assert params[0]["rpcUrls"][0].startswith("http")
        self.chain_id = int(params[0]["chainId"], 16)
        self.known_chains.add(self.chain_id)
        return {"result": None}
