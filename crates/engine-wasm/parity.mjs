// parity.mjs <module> <answers.jsonl> <vectors.jsonl> <found>: the module against the native build, to the atom.
//
// Every reference vector is run again and must give the line that the native runner wrote, and every question about the
// fixture's accounts the answer that the native crate gave.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [module, answers, vectors, found] = process.argv.slice(2);
const engine = createRequire(import.meta.url)(resolve(module, 'engine.js'));
const lines = path => readFileSync(path, 'utf8').split('\n').filter(line => line !== '');

/** JSON with sorted keys, integers as they are, and nothing for what is undefined: both sides are compared so. */
function canonical(value) {
    if (value === undefined || value === null) return 'null';
    if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (typeof value === 'string') return JSON.stringify(value);
    if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
    const keys = Object.keys(value).filter(key => value[key] !== undefined && value[key] !== null).sort();
    return `{${keys.map(key => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}

/** JSON whose integers are not rounded to what a double holds. */
function parse(line) {
    return JSON.parse(line.replace(/([:[,])(-?\d{16,})(?=[,\]}])/g, '$1"big $2"'), (_, value) =>
        typeof value === 'string' && value.startsWith('big ') ? BigInt(value.slice(4)) : value,
    );
}

function argument(value) {
    if (value === null) return undefined;
    return typeof value === 'object' ? BigInt(value.big) : value;
}

function ask(venue, question, given) {
    try {
        return { is: venue[question](...given.map(argument)) };
    } catch (error) {
        return { refused: error.message };
    }
}

function compareAnswers() {
    const venue = new engine.Venue();
    const [asked, wrong] = [new Map(), []];
    for (const line of lines(answers).map(parse)) {
        if (line.clock) venue.setClock(...line.clock.map(BigInt));
        else if (line.put) venue.put(line.put, Uint8Array.from(line.data));
        else {
            const [expected, given] = [canonical(line.answer), canonical(ask(venue, line.ask, line.with))];
            asked.set(line.ask, (asked.get(line.ask) ?? 0) + 1);
            if (expected !== given) wrong.push(`${line.ask}(${canonical(line.with)}): expected ${expected}, found ${given}`);
        }
    }
    console.log(`answers: ${[...asked].map(([name, count]) => `${name} ${count}`).join(', ')}; ${wrong.length} wrong`);
    const least = ['account', 'atRisk', 'insurance', 'largest', 'market', 'preview', 'queue', 'whatIf'];
    const missing = least.filter(name => !asked.has(name));
    if (missing.length > 0) wrong.push(`not asked: ${missing.join(', ')}`);
    return wrong;
}

function compareVectors() {
    const runner = new engine.Vectors();
    const [given, expected] = [lines(vectors), lines(found)];
    const wrong = given.length === expected.length && given.length >= 20_000 ? [] : [`${given.length} vectors, ${expected.length} results`];
    given.forEach((vector, at) => {
        const line = runner.run(vector);
        if (line !== expected[at]) wrong.push(`expected ${expected[at]}, found ${line}`);
    });
    console.log(`vectors: ${given.length} run in WebAssembly, ${wrong.length} unlike the native runner`);
    return wrong;
}

const wrong = [...compareAnswers(), ...compareVectors()];
wrong.slice(0, 6).forEach(line => console.error(line));
process.exitCode = wrong.length === 0 ? 0 : 1;
