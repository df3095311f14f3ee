// Wallets that speak the Wallet Standard.
import { SolanaSignTransaction, type SolanaSignTransactionFeature } from "@solana/wallet-standard-features";
import type { Address } from "@solana/kit";
import { getWallets } from "@wallet-standard/app";
import type { Wallet as Standard, WalletAccount } from "@wallet-standard/base";
import {
    StandardConnect,
    type StandardConnectFeature,
    StandardDisconnect,
    type StandardDisconnectFeature,
} from "@wallet-standard/features";

import { type Offer, Refused, type Wallet } from "./wallet";

type Able = Standard & { features: StandardConnectFeature & SolanaSignTransactionFeature & Partial<StandardDisconnectFeature> };

function isAble(wallet: Standard): wallet is Able {
    return StandardConnect in wallet.features && SolanaSignTransaction in wallet.features;
}

function refusal(error: unknown): Error {
    const text = error instanceof Error ? error.message : String(error);
    const code = (error as { code?: unknown } | undefined)?.code;
    return code === 4001 || /reject|refus|denied|cancel|declin/i.test(text)
        ? new Refused()
        : new Error(`The wallet failed: ${text}`);
}

function use(wallet: Able, account: WalletAccount, chain: `solana:${string}`): Wallet {
    return {
        kind: "standard",
        name: wallet.name,
        icon: wallet.icon,
        address: account.address as Address,
        sign: async transaction => {
            try {
                const [signed] = await wallet.features[SolanaSignTransaction].signTransaction({ account, chain, transaction });
                if (!signed) throw new Refused();
                return signed.signedTransaction;
            } catch (error) {
                throw error instanceof Refused ? error : refusal(error);
            }
        },
    };
}

function offer(wallet: Able, chain: `solana:${string}`): Offer {
    return {
        kind: "standard",
        name: wallet.name,
        icon: wallet.icon,
        connect: async silently => {
            try {
                const { accounts } = await wallet.features[StandardConnect].connect(silently ? { silent: true } : {});
                const account = accounts.find(one => one.features.includes(SolanaSignTransaction)) ?? accounts[0];
                return account && use(wallet, account, chain);
            } catch (error) {
                if (silently) return undefined;
                throw refusal(error);
            }
        },
        disconnect: async () => {
            await wallet.features[StandardDisconnect]?.disconnect();
        },
    };
}

/** Calls back with all wallets there are, now and whenever one comes or goes. */
export function watchWallets(chain: `solana:${string}`, found: (offers: readonly Offer[]) => void): () => void {
    const wallets = getWallets();
    const tell = () =>
        found(
            wallets
                .get()
                .filter(isAble)
                .map(wallet => offer(wallet, chain)),
        );
    tell();
    const stops = [wallets.on("register", tell), wallets.on("unregister", tell)];
    return () => stops.forEach(stop => stop());
}
