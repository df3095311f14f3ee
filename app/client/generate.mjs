// Writes src/generated from idl/plimsoll.json with Codama, or with --check compares what is there.
//
// Codama keeps a program's events but renders none, so they are given to it as types, and a table of their
// discriminators is written beside them.
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import { rootNodeFromAnchor } from "@codama/nodes-from-anchor";
import { renderVisitor } from "@codama/renderers-js";
import { camelCase, createFromRoot, definedTypeNode, pascalCase, programNode, rootNode } from "codama";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src", "generated");
const header = "// Written by generate.mjs from idl/plimsoll.json. Do not edit.\n";

const idl = JSON.parse(readFileSync(join(here, "idl", "plimsoll.json"), "utf8"));
const events = idl.events.map(({ name, discriminator }) => ({ name, discriminator }));

/** The fields of an event without the discriminator that stands before them. */
function fieldsOf(node) {
    return node.kind === "hiddenPrefixTypeNode" ? fieldsOf(node.type) : node;
}

function withEventsAsTypes(root) {
    const program = root.program;
    const types = program.events.map(event =>
        definedTypeNode({ docs: event.docs, name: `${event.name}Event`, type: fieldsOf(event.data) }),
    );
    return rootNode(
        programNode({ ...program, definedTypes: [...program.definedTypes, ...types], events: [] }),
        root.additionalPrograms,
    );
}

function eventTable() {
    const names = events.map(({ name }) => pascalCase(name));
    const decoders = names.map(name => `get${name}EventDecoder`);
    const types = names.map(name => `${name}Event`);
    const rows = events.map(
        ({ discriminator }, at) => `    [${JSON.stringify(discriminator)}, "${camelCase(names[at])}", ${decoders[at]}()],`,
    );
    return `${header}import type { Decoder } from "@solana/kit";
import {
${decoders.map(name => `    ${name},`).join("\n")}
${types.map(name => `    type ${name},`).join("\n")}
} from "./types";

/** Every event of the program. */
export type PlimsollEvent =
${names.map(name => `    | { readonly kind: "${camelCase(name)}"; readonly data: ${name}Event }`).join("\n")};

/** The eight bytes that begin each event, its kind and how the rest is read. */
export const EVENTS: readonly (readonly [readonly number[], PlimsollEvent["kind"], Decoder<PlimsollEvent["data"]>])[] = [
${rows.join("\n")}
];
`;
}

/** Codama leaves sentences out of production builds, where people need them. */
function sentences() {
    const rows = idl.errors.map(({ code, msg }) => `    ${code}: ${JSON.stringify(msg)},`);
    return `${header}/** What a person is told, by error code. */\nexport const SENTENCES: Readonly<Record<number, string>> = {\n${rows.join("\n")}\n};\n`;
}

/** Since kit 8 extendClient gives a mapped type, which the return type that Codama writes down does not equal. */
function inferPlugin(file) {
    const text = readFileSync(file, "utf8");
    const inferred = text.replace('): Omit<T, "plimsoll"> & { plimsoll: PlimsollPlugin } => {', ") => {");
    if (inferred === text) throw new Error("the plugin is written differently now: see whether its type still has to go");
    writeFileSync(file, inferred);
}

async function write(directory) {
    const warn = console.warn;
    // A field and an account of one name are renamed in the input type: said once per visit, and nothing to act on.
    console.warn = message => (/conflicting attributes/.test(message) ? undefined : warn(message));
    const codama = createFromRoot(withEventsAsTypes(rootNodeFromAnchor(idl)));
    await codama.accept(
        renderVisitor(directory, { deleteFolderBeforeRendering: true, formatCode: true, syncPackageJson: false }),
    );
    const generated = join(directory, "src", "generated");
    inferPlugin(join(generated, "programs", "plimsoll.ts"));
    writeFileSync(join(generated, "events.ts"), eventTable());
    writeFileSync(join(generated, "sentences.ts"), sentences());
    return generated;
}

function filesIn(directory) {
    if (!existsSync(directory)) return [];
    const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
    return files.map(entry => relative(directory, join(entry.parentPath, entry.name))).sort();
}

const scratch = mkdtempSync(join(tmpdir(), "plimsoll-client-"));
try {
    const made = await write(scratch);
    if (process.argv.includes("--check")) {
        const names = new Set([...filesIn(made), ...filesIn(source)]);
        const same = name => {
            const [a, b] = [join(made, name), join(source, name)];
            return existsSync(a) && existsSync(b) && readFileSync(a).equals(readFileSync(b));
        };
        const differing = [...names].filter(name => !same(name));
        if (differing.length > 0) {
            console.error(`client: not what the IDL gives (make generate): ${differing.join(", ")}`);
            process.exitCode = 1;
        } else console.log(`client: ${names.size} generated files are what the IDL gives`);
    } else {
        rmSync(source, { recursive: true, force: true });
        cpSync(made, source, { recursive: true });
        console.log(`client: ${filesIn(source).length} files in ${relative(process.cwd(), source)}`);
    }
} finally {
    rmSync(scratch, { recursive: true, force: true });
}
