import { deriveKey } from './keys.js';
import { Gates } from './gate.js';

/**
 * A pass is the way back of a gate: a subgraph that shows somebody else's thing in a place of its own (a photo in a message) says to the owner that this
 * viewer may see it there. It is the thing's id with a MAC over (id, viewer, minute), and good for as long as a gate.
 */
export class Passes {
  readonly #gates: Gates;

  constructor(secret: Uint8Array) {
    this.#gates = new Gates(deriveKey(secret, 'pass'));
  }

  /** `id`: as the graph has it. */
  mint(id: string, viewerId: string): string {
    return `${id}.${this.#gates.mint(id, viewerId)}`;
  }

  /** The id; null for what is no pass of this viewer's, or no longer. */
  open(pass: string, viewerId: string | null): string | null {
    const [id = '', mac = ''] = pass.split('.');
    return viewerId !== null && this.#gates.opens(mac, id, viewerId) ? id : null;
  }
}
