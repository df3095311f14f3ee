// The Plimsoll program for @solana/kit: what Codama makes of the IDL, and what an IDL cannot say.
export * from "./generated";
export * from "./generated/events";
export * from "./addresses";
export * from "./events";
export * from "./failures";
export * from "./legs";
export * from "./orders";
export * from "./stream";
