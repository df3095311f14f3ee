// A wallet by the Wallet Standard, put into the page: it signs with a key of its own, or its owner refuses.
export function walletScript(seed: string, refuses: boolean): string {
    return `(${wallet.toString()})(${JSON.stringify(seed)}, ${refuses});`;
}

/** Runs in the page. */
function wallet(seed: string, refuses: boolean): void {
    // The empty page before the real one has no keys.
    if (!isSecureContext) return;
    const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    const base58 = (bytes: Uint8Array) => {
        let number = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
        let text = "";
        for (; number > 0n; number /= 58n) text = (alphabet[Number(number % 58n)] ?? "") + text;
        return "1".repeat(bytes.findIndex(byte => byte !== 0)) + text;
    };
    const secret = Uint8Array.from(seed.match(/../g) ?? [], byte => parseInt(byte, 16));
    const prefix = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    const pkcs8 = Uint8Array.from([...prefix, ...secret]);
    const keys = (async () => {
        const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]);
        const { x } = (await crypto.subtle.exportKey("jwk", key)) as { x: string };
        const text = atob(x.replaceAll("-", "+").replaceAll("_", "/"));
        return { key, publicKey: Uint8Array.from(text, letter => letter.charCodeAt(0)) };
    })();
    const chains = ["solana:localnet"];
    const features = ["solana:signTransaction"];
    let accounts: object[] = [];
    const made = {
        version: "1.0.0",
        name: refuses ? "Refusing wallet" : "Test wallet",
        icon: "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=",
        chains,
        get accounts() {
            return accounts;
        },
        features: {
            "standard:connect": {
                version: "1.0.0",
                connect: async () => {
                    const { publicKey } = await keys;
                    accounts = [{ address: base58(publicKey), publicKey, chains, features }];
                    return { accounts };
                },
            },
            "standard:events": { version: "1.0.0", on: () => () => undefined },
            "solana:signTransaction": {
                version: "1.0.0",
                supportedTransactionVersions: ["legacy", 0],
                signTransaction: async ({ transaction }: { transaction: Uint8Array }) => {
                    if (refuses) throw Object.assign(new Error("User rejected the request."), { code: 4001 });
                    const { key } = await keys;
                    const message = transaction.slice(1 + 64 * (transaction[0] ?? 0));
                    const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", key, message));
                    const signedTransaction = transaction.slice();
                    signedTransaction.set(signature, 1);
                    return [{ signedTransaction }];
                },
            },
        },
    };
    const register = (api: { register: (wallet: object) => void }) => api.register(made);
    dispatchEvent(new CustomEvent("wallet-standard:register-wallet", { detail: register }));
    addEventListener("wallet-standard:app-ready", event => register((event as CustomEvent).detail));
}
