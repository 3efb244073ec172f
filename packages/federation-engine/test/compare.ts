import { type DocumentNode, parse } from 'graphql';
import { createEngine, type FederationEngine, type OperationPlan } from '../src/engine.js';
import { type Generated, generate } from './generate.js';
import { normalOperation } from '../src/plan/operation.js';
import { loadSupergraph } from '../src/plan/supergraph.js';
import { Dice } from './random.js';
import { Stock } from './stock.js';
import { type Mishaps, World } from './world.js';

/** How an operation came out: as the stock executor does it, as the graph in one piece does, or as neither. */
export type Verdict =
  | { readonly kind: 'equal' }
  | { readonly kind: 'right' }
  | { readonly kind: 'unplannable' }
  | { readonly kind: 'wrong'; readonly report: string };

/** The last kind is left out where the stock executor forgets types: nobody says then how an entity that one subgraph hides has to look. */
const MISHAPS: readonly Mishaps[] = [
  { nulls: 0, errors: 0, hidden: 0, away: [] },
  { nulls: 100, errors: 0, hidden: 0, away: [] },
  { nulls: 100, errors: 30, hidden: 0, away: [] },
  { nulls: 50, errors: 10, hidden: 60, away: [] },
];

/** Draws operations over one supergraph and runs each with both executors. */
export class Comparison {
  readonly #engine: FederationEngine;
  readonly #stock: Stock;
  readonly #worlds: readonly World[];
  readonly #hasMutations: boolean;
  readonly #reserved: ReadonlySet<string>;

  constructor(supergraphSdl: string, seed: string) {
    this.#engine = createEngine({ supergraphSdl, planner: { pathsLimit: 10_000 } });
    this.#reserved = loadSupergraph(supergraphSdl).fieldsRequiredWithArguments;
    this.#stock = new Stock(supergraphSdl);
    const mishaps = supergraphSdl.includes('isInterfaceObject: true') ? MISHAPS.slice(0, -1) : MISHAPS;
    this.#worlds = mishaps.map((some, index) => new World(supergraphSdl, `${seed}${index}`, some));
    this.#hasMutations = this.#engine.schema.getMutationType() != null;
  }

  /** @param number of the operation: equal numbers draw equal operations */
  async run(number: number): Promise<Verdict> {
    const dice = new Dice(number * 7919 + 17);
    const kind = this.#hasMutations && dice.chance(0.15) ? 'mutation' : 'query';
    const generated = generate(this.#engine.schema, dice, kind);
    const world = this.#worlds[number % this.#worlds.length];
    if (world === undefined) throw new Error('no world');
    return this.#compare(generated, world);
  }

  /** Whether both say the same of the operation under keys that mislead nobody: what differed was the stock executor's confusion of keys. */
  async #isEqualRenamed(client: DocumentNode, variables: Generated['variables'], world: World): Promise<boolean> {
    const { document } = normalOperation(client, undefined, 'R_', this.#reserved);
    const plan = await this.#engine.plan({ document });
    const mine = await this.#engine.execute({ plan, variables, fetch: world.fetch });
    const stock = await this.#stock.execute(document, variables, world.fetch).catch(() => null);
    const right = await world.monolith(document, variables);
    return stock !== null && isEither(plainly(mine.data), stock.data, plainly(right.data));
  }

  /** Whether the stock planner fails as well. */
  #isStockAtALoss(document: DocumentNode): boolean {
    try {
      this.#stock.plan(document);
      return false;
    } catch {
      return true;
    }
  }

  /** The second time it is written by code that was made for it. */
  #text(plan: OperationPlan, variables: Generated['variables'], { fetch }: World): Promise<string> {
    return this.#engine.executeText({ plan, variables, fetch });
  }

  async #compare({ text, variables }: Generated, world: World): Promise<Verdict> {
    const document = parse(text);
    let plan;
    try {
      plan = await this.#engine.plan({ document });
    } catch (error) {
      // A selection that nobody can answer; the stock planner says the same, or plans nothing.
      const told = String(error);
      const isKnown =
        told.includes('No subgraph can answer') || told.includes('require the same field') || told.includes('PlanTooLargeError');
      return isKnown || this.#isStockAtALoss(document) ? { kind: 'unplannable' } : { kind: 'wrong', report: `${text}\n${told}` };
    }
    const mine = await this.#engine.execute({ plan, variables, fetch: world.fetch });
    const data = plainly(mine.data);
    const texts = [await this.#text(plan, variables, world), await this.#text(plan, variables, world)];
    const written = texts.find((one) => !sameText(JSON.parse(one), plainly(mine)));
    if (written !== undefined) return { kind: 'wrong', report: `${text}\nas text ${written}\nas data ${JSON.stringify(mine)}` };
    const stock = await this.#stock
      .execute(document, variables, world.fetch)
      .catch((error: unknown) => ({ data: undefined, errors: [error] }));
    const isEqual = sameText(data, stock.data) && (stock.errors === undefined || stock.errors.length === 0) === (mine.errors === undefined);
    if (isEqual) return { kind: 'equal' };
    const right = await world.monolith(document, variables);
    if (isEither(data, stock.data, plainly(right.data))) return { kind: 'right' };
    if (await this.#isEqualRenamed(document, variables, world)) return { kind: 'right' };
    const lines = [
      text,
      JSON.stringify(variables),
      ...differences('stock', data, stock.data),
      ...differences('right', data, plainly(right.data)),
      `flaws ${JSON.stringify(mine.extensions)} errors ${JSON.stringify(mine.errors?.slice(0, 3))} stock ${JSON.stringify(stock.errors?.slice(0, 3))}`,
    ];
    return { kind: 'wrong', report: lines.join('\n') };
  }
}

const plainly = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
/** The order of the keys counts as well. */
const sameText = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Where two answers differ, a few places. */
function differences(name: string, mine: unknown, other: unknown): readonly string[] {
  const found: string[] = [];
  follow(mine, other, '');
  return found.slice(0, 5);

  function follow(one: unknown, two: unknown, path: string): void {
    if (sameText(one, two)) return;
    if (typeof one === 'object' && typeof two === 'object' && one !== null && two !== null) {
      for (const key of new Set([...Object.keys(one), ...Object.keys(two)])) {
        follow((one as Record<string, unknown>)[key], (two as Record<string, unknown>)[key], `${path}.${key}`); // both are objects
      }
    } else found.push(`${name} ${path}: ${JSON.stringify(one)} here, ${JSON.stringify(two)} there`.slice(0, 300));
  }
}

/** Whether each place is as one of two others has it. */
function isEither(mine: unknown, one: unknown, other: unknown): boolean {
  if (sameText(mine, one) || sameText(mine, other)) return true;
  if (typeof mine !== 'object' || mine === null) return false;
  const keys = Object.keys(mine);
  const models = [one, other].filter((model) => typeof model === 'object' && model !== null && sameText(Object.keys(model), keys));
  if (models.length === 0) return false;
  return keys.every((key) => isEither(at(mine, key), at(one, key), at(other, key)));
}

const at = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined; // an object
