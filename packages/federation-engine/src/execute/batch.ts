import type { Json, JsonObject } from '../json.js';
import { identityOf } from './identity.js';
import type { LeafRepresentation, LeafRepresentations } from './leaf-representation.js';

/** The objects that one representation stands for. */
export interface Group {
  readonly made: JsonObject;
  readonly targets: JsonObject[];
  /** For each target the number of the path that it was found at. */
  readonly ways: number[];
  /** The targets, where they are many: objects may be shared by several places. */
  members: Set<JsonObject> | undefined;
  /** Of another whose last leaf is the same. */
  next: Group | undefined;
}

/** What has to be looked at part by part. Null: a part is not known. */
export type Represent = (target: JsonObject, way: number) => JsonObject | null;

/** So many are looked through one by one. */
const FEW = 8;

/** One request: every representation once, with all objects that it stands for. */
export class Batch {
  readonly representations: JsonObject[] = [];
  readonly groups: Group[] = [];
  /** Beside the client's variables. */
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly #leaves: LeafRepresentations | undefined;
  readonly #represent: Represent;
  readonly #byIdentity = new Map<string, Group>();
  /** By type, then by the last of the leaves that its objects are told apart by. */
  readonly #byLeaf = new Map<Json, Map<Json, Group>>();
  /** Of the type that was met last: nearly always it is that of the next as well. */
  #name: Json;
  #leaf: LeafRepresentation | null = null;
  #ofName: Map<Json, Group> = new Map();

  constructor(values: Readonly<Record<string, unknown>>, leaves: LeafRepresentations | undefined, represent: Represent) {
    this.arguments = values;
    this.#leaves = leaves;
    this.#represent = represent;
  }

  add(target: JsonObject, way: number): void {
    const name = target['__typename'];
    if (name !== this.#name) this.#turnTo(name, target);
    const leaf = this.#leaf;
    if (leaf === null) return this.#addWhole(target, way);
    const value = leaf.last(target);
    if (value === undefined) return this.#addNamed(leaf, target, way);
    let group = this.#ofName.get(value);
    if (group === undefined) {
      this.#ofName.set(value, this.#begun(leaf.make(target), target, way));
      return;
    }
    for (let looked = 1; !leaf.isSame(group.made, target); looked += 1) {
      if (group.next === undefined) {
        if (looked < FEW) group.next = this.#begun(leaf.make(target), target, way);
        else this.#addNamed(leaf, target, way);
        return;
      }
      group = group.next;
    }
    push(group, target, way);
  }

  /** Equal for equal representations of all batches. */
  identity(index: number): string {
    return identityOf(this.representations[index] ?? {});
  }

  /** Hands one over. */
  move(index: number, to: Batch): void {
    const [group, representation] = [this.groups[index], this.representations[index]];
    if (group === undefined || representation === undefined) return;
    to.groups.push(group);
    to.representations.push(representation);
  }

  #turnTo(name: Json, target: JsonObject): void {
    this.#name = name;
    this.#leaf = this.#leaves?.for(target) ?? null;
    if (this.#leaf === null) return;
    let known = this.#byLeaf.get(name);
    if (known === undefined) this.#byLeaf.set(name, (known = new Map()));
    this.#ofName = known;
  }

  #addNamed(leaf: LeafRepresentation, target: JsonObject, way: number): void {
    const identity = leaf.identity(target);
    if (identity === undefined) return this.#addWhole(target, way);
    const known = this.#byIdentity.get(identity);
    if (known === undefined) this.#byIdentity.set(identity, this.#begun(leaf.make(target), target, way));
    else push(known, target, way);
  }

  #addWhole(target: JsonObject, way: number): void {
    const made = this.#represent(target, way);
    if (made === null) return;
    const identity = identityOf(made);
    const known = this.#byIdentity.get(identity);
    if (known === undefined) this.#byIdentity.set(identity, this.#begun(made, target, way));
    else push(known, target, way);
  }

  #begun(made: JsonObject, target: JsonObject, way: number): Group {
    const group: Group = { made, targets: [target], ways: [way], members: undefined, next: undefined };
    this.representations.push(made);
    this.groups.push(group);
    return group;
  }
}

function push(group: Group, target: JsonObject, way: number): void {
  const { targets } = group;
  if (targets.length < FEW) {
    if (targets.includes(target)) return;
  } else {
    const members = (group.members ??= new Set(targets));
    if (members.has(target)) return;
    members.add(target);
  }
  targets.push(target);
  group.ways.push(way);
}
