import type { Person } from '@plaza/testing/people';
import type { Chatter } from '../chat/chatter.js';
import type { Client, Reply } from './client.js';
import { type History, type Known, type KnownOrder, type KnownPost, pairOf } from './history.js';
import type { Intent } from './schedule.js';
import { PRICE, type Town } from './town.js';
import { ADDRESS } from '../shop/address.js';

const OTHER_ADDRESS = { ...ADDRESS, city: 'Hue' };
const AUDIENCES = ['PUBLIC', 'PUBLIC', 'FOLLOWERS', 'MUTUALS', 'ONLY_ME'] as const;
const POST = 'query ($id: ID!) { node(id: $id) { id ... on Post { text revision } } }';
const LINES = 'query ($id: ID!) { node(id: $id) { ... on Order { sellerOrders { id lines { id quantity refundedQuantity } } } } }';

export interface Stage {
  readonly seed: number;
  readonly town: Town;
  readonly client: Client;
  readonly history: History;
  /** Those who listen to their inbox. */
  readonly chatters: readonly Chatter[];
}

/** Somebody who does one thing after the other, and notes what must hold from then on. */
export class Actor {
  readonly #stage: Stage;
  readonly #person: Person;
  readonly #place: number;
  #keys = 0;

  constructor(stage: Stage, place: number) {
    const person = stage.town.people[place];
    if (person === undefined) throw new Error('nobody is there');
    this.#stage = stage;
    this.#person = person;
    this.#place = place;
  }

  async does({ wish, pick, luck }: Intent): Promise<void> {
    const of = <T>(list: readonly T[]): T | undefined => list[Math.floor(pick * list.length)];
    const { history, town } = this.#stage;
    const post = of(history.posts);
    const own = of(history.posts.filter(({ author }) => author === this.#person));
    const other = of(town.people.filter((person) => person !== this.#person));
    switch (wish) {
      case 'publish':
        return this.#publish(AUDIENCES[Math.floor(luck * AUDIENCES.length)] ?? 'PUBLIC');
      case 'edit':
        return own && this.#edit(own);
      case 'delete':
        return own && this.#delete(own);
      case 'like':
      case 'unlike':
        return post && this.#switch(history.likes, wish === 'like' ? 'Like' : 'Unlike', post.id, wish === 'like');
      case 'repost':
      case 'unrepost':
        return post && this.#switch(history.reposts, wish === 'repost' ? 'Repost' : 'UndoRepost', post.id, wish === 'repost');
      case 'comment':
        return post && this.#comment(post, luck);
      case 'uncomment':
        return this.#uncomment(pick);
      case 'follow':
      case 'unfollow':
        return other && this.#follow(other, wish === 'follow');
      case 'block':
      case 'unblock':
        return other && this.#block(other, wish === 'block');
      case 'say':
        return this.#say(luck);
      case 'read':
        return this.#read();
      case 'buy':
        return this.#buy(pick, luck, 'insists');
      case 'buyInHaste':
        return this.#buy(pick, luck, 'leaves');
      case 'giveBack':
        return this.#giveBack(pick, luck);
      case 'look':
        await this.#stage.client.plays(this.#person, 'Home', { first: 20 });
    }
  }

  /** The same for the same seed: what a client makes up for one attempt. */
  #key(): string {
    this.#keys += 1;
    return `fault-${this.#stage.seed}-${this.#place}-${this.#keys}`;
  }

  async #mutates(document: string, input: Readonly<Record<string, unknown>>): Promise<Reply> {
    return this.#stage.client.does(this.#person, document, input);
  }

  async #publish(audience: string): Promise<void> {
    const { history } = this.#stage;
    const idempotencyKey = this.#key();
    const text = `${this.#person.handle} says ${idempotencyKey}`;
    const input = { idempotencyKey, text, media: [], audience, productIds: [] };
    const { payload } = await this.#mutates('Publish', input);
    if (payload === null) return history.mayHave('Publish');
    const { id } = payload.post;
    history.posts.push({ id, author: this.#person, audience, text, revision: 1, isGone: false });
    history.repeats.push({
      person: this.#person,
      document: 'Publish',
      input,
      id,
      idOf: (again) => again.post.id,
      other: { ...input, text: 'else' },
    });
  }

  async #edit(post: KnownPost): Promise<void> {
    const text = `${post.text ?? ''}, or so`;
    const { payload } = await this.#mutates('Edit', { postId: post.id, expectedRevision: post.revision, text });
    if (payload !== null) {
      post.text = text;
      post.revision = payload.post.revision;
      return;
    }
    // It was edited when the answer was lost, perhaps.
    const { node } = await this.#stage.client.asks(this.#person, POST, { id: post.id });
    if (node === null) return;
    post.revision = node.revision;
    post.text = node.text === text ? text : null;
  }

  async #delete(post: KnownPost): Promise<void> {
    const { payload, wasUnclear } = await this.#mutates('DeletePost', { postId: post.id });
    post.isGone = payload !== null || post.isGone === true ? true : wasUnclear ? null : post.isGone;
  }

  /** Something of the person's under a post that is there or not, and that nobody else changes. */
  async #switch(known: Map<string, Known<boolean>>, document: string, postId: string, isThere: boolean): Promise<void> {
    const { payload, wasUnclear } = await this.#mutates(document, { postId });
    const pair = pairOf(postId, this.#person.uuid);
    if (payload !== null) known.set(pair, isThere);
    else if (wasUnclear) known.set(pair, null);
  }

  async #comment(post: KnownPost, luck: number): Promise<void> {
    const { history } = this.#stage;
    const above = luck < 0.4 ? history.comments.filter(({ postId, isGone }) => postId === post.id && isGone === false).at(-1) : undefined;
    const idempotencyKey = this.#key();
    const input = {
      idempotencyKey,
      postId: post.id,
      text: `on ${idempotencyKey}`,
      ...(above === undefined ? {} : { replyToId: above.id }),
    };
    const { payload, wasUnclear } = await this.#mutates('Comment', input);
    if (payload === null) return wasUnclear ? history.mayHave('Comment') : undefined;
    const { id } = payload.comment;
    history.comments.push({ id, postId: post.id, author: this.#person, isGone: false });
    history.repeats.push({ person: this.#person, document: 'Comment', input, id, idOf: (again) => again.comment.id });
  }

  async #uncomment(pick: number): Promise<void> {
    const own = this.#stage.history.comments.filter(({ author, isGone }) => author === this.#person && isGone === false);
    const comment = own[Math.floor(pick * own.length)];
    if (comment === undefined) return;
    const { payload, wasUnclear } = await this.#mutates('DeleteComment', { commentId: comment.id });
    if (payload !== null) comment.isGone = true;
    else if (wasUnclear) comment.isGone = null;
  }

  async #follow(other: Person, isThere: boolean): Promise<void> {
    const { history } = this.#stage;
    const name = pairOf(this.#person.uuid, other.uuid);
    const { payload, wasUnclear } = await this.#mutates(isThere ? 'Follow' : 'Unfollow', { userId: other.id });
    // What a block ends is not ours to know.
    const isTouched = [name, pairOf(other.uuid, this.#person.uuid)].some((pair) => history.blocks.has(pair));
    if (isTouched) history.follows.set(name, null);
    else if (payload !== null && history.follows.get(name) !== null) history.follows.set(name, isThere);
    else if (wasUnclear) history.follows.set(name, null);
  }

  /** A block holds from its answer on: whoever looks then sees nothing of the other. */
  async #block(other: Person, isThere: boolean): Promise<void> {
    const { history, client } = this.#stage;
    const ours = pairOf(this.#person.uuid, other.uuid);
    for (const pair of [ours, pairOf(other.uuid, this.#person.uuid)]) history.follows.set(pair, null);
    history.blocks.set(ours, history.blocks.get(ours) ?? null);
    const seen = history.posts.find(({ author, isGone, audience }) => author === this.#person && isGone === false && audience === 'PUBLIC');
    // So that whatever remembers how the two stand does.
    if (isThere && seen !== undefined) await client.asks(other, POST, { id: seen.id });
    const { payload, wasUnclear } = await this.#mutates(isThere ? 'Block' : 'Unblock', { userId: other.id });
    if (payload !== null) history.blocks.set(ours, isThere);
    else if (wasUnclear) history.blocks.set(ours, null);
    if (payload === null || !isThere || seen === undefined) return;
    const { node } = await client.asks(other, POST, { id: seen.id });
    if (node !== null) history.violated(`${other.handle} sees ${seen.id} after ${this.#person.handle} has blocked them`);
  }

  async #say(luck: number): Promise<void> {
    const { history, town } = this.#stage;
    const own = town.conversations.filter(({ members }) => members.includes(this.#place));
    const conversation = own[Math.floor(luck * own.length)];
    if (conversation === undefined) return;
    const clientMessageId = this.#key();
    const input = { conversationId: conversation.id, clientMessageId, text: `as ${clientMessageId}` };
    const { payload, wasUnclear } = await this.#mutates('Send', input);
    if (payload === null) return wasUnclear ? history.mayHave('Send') : undefined;
    const { id, seq } = payload.message;
    history.messages.push({ conversationId: conversation.id, seq, key: clientMessageId, sender: this.#person });
    history.repeats.push({ person: this.#person, document: 'Send', input, id, idOf: (again) => again.message.id });
  }

  async #read(): Promise<void> {
    const { history, town } = this.#stage;
    const [conversation] = town.conversations;
    const seq = Math.max(0, ...history.messages.filter(({ conversationId }) => conversationId === conversation?.id).map((one) => one.seq));
    if (conversation === undefined || seq === 0) return;
    const { payload } = await this.#mutates('Read', { conversationId: conversation.id, seq });
    const name = pairOf(conversation.id, this.#person.uuid);
    if (payload !== null) history.read.set(name, Math.max(seq, history.read.get(name) ?? 0));
  }

  /** Puts one or two into the cart and buys: pays, is declined first, pays late, changes their mind, or goes away. */
  async #buy(pick: number, luck: number, unclear: 'insists' | 'leaves'): Promise<void> {
    const { history, town } = this.#stage;
    const variantId = town.variantIds[Math.floor(pick * town.variantIds.length)];
    if (variantId === undefined) return;
    for (const other of town.variantIds) if (other !== variantId) await this.#mutates('SetCartLine', { variantId: other, quantity: 0 });
    if ((await this.#mutates('SetCartLine', { variantId, quantity: 1 })).payload === null) return;
    const input = { idempotencyKey: this.#key(), expectedTotal: PRICE, shippingAddress: ADDRESS };
    const placed = (await this.#mutates('Checkout', input)).payload;
    if (placed === null) return;
    const { id } = placed.order;
    const order: KnownOrder = { id, buyer: this.#person, state: 'PLACED' };
    history.orders.push(order);
    const other = { ...input, shippingAddress: OTHER_ADDRESS };
    history.repeats.push({ person: this.#person, document: 'Checkout', input, id, idOf: (again) => again.order.id, other });
    if (luck < 0.1) return;
    if (luck < 0.2) {
      if ((await this.#mutates('CancelOrder', { orderId: id })).payload !== null) order.state = 'CANCELLED';
      return;
    }
    await this.#pay(order, luck < 0.35 ? 'later' : luck < 0.5 ? 'declined' : 'ok', unclear);
  }

  /** @param unclear what the payer does when no clear answer comes */
  async #pay(order: KnownOrder, token: string, unclear: 'insists' | 'leaves'): Promise<void> {
    const { client, history } = this.#stage;
    const input = { idempotencyKey: this.#key(), orderId: order.id, paymentMethod: { provider: 'test', token } };
    const reply = unclear === 'leaves' ? await client.tries(this.#person, 'Pay', input) : await this.#mutates('Pay', input);
    if (reply === null) {
      order.state = 'LEFT';
      return;
    }
    const { payload, code } = reply;
    if (payload?.order.status === 'CONFIRMED') order.state = 'PAID';
    if (payload !== null)
      history.repeats.push({ person: this.#person, document: 'Pay', input, id: order.id, idOf: (again) => again.order.id });
    if (code === 'PAYMENT_DECLINED' && token === 'declined') await this.#pay(order, 'ok', unclear);
  }

  /** The seller gives back what somebody has paid; everybody else leaves that. */
  async #giveBack(pick: number, luck: number): Promise<void> {
    const { client, history, town } = this.#stage;
    const [seller] = town.people;
    const paid = history.orders.filter(({ state }) => state === 'PAID');
    const order = paid[Math.floor(pick * paid.length)];
    if (order === undefined || seller === undefined) return;
    const { node } = await client.asks(order.buyer, LINES, { id: order.id });
    const [part] = node.sellerOrders;
    const [line] = part.lines;
    if (line.refundedQuantity >= line.quantity) return;
    const lines = [{ orderLineId: line.id, quantity: 1 }];
    const input = { idempotencyKey: this.#key(), sellerOrderId: part.id, lines, restock: luck < 0.5, reason: 'broken' };
    const { payload } = await client.does(seller, 'RefundOrder', input);
    if (payload === null) return;
    const { id } = payload.refund;
    history.repeats.push({
      person: seller,
      document: 'RefundOrder',
      input,
      id,
      idOf: (again) => again.refund.id,
      other: { ...input, reason: 'late' },
    });
  }
}
