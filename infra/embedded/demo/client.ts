import { z } from 'zod';

const Answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});
const Result = z.looseObject({ __typename: z.string(), code: z.string().optional(), message: z.string().optional() });

/** What one mutation answered: a member of its result union. */
export type MutationResult = z.infer<typeof Result>;

/** Speaks to the graph as any client does: nothing that the demo writes goes round a rule. */
export class DemoClient {
  readonly #url: string;
  readonly #token: string | undefined;

  constructor(url: string, token?: string) {
    this.#url = url;
    this.#token = token;
  }

  /** The same graph, signed in. */
  as(token: string): DemoClient {
    return new DemoClient(this.#url, token);
  }

  /**
   * Send one mutation with one `input`.
   * @param field its name; the input type and the member for success are named after it.
   * @param selection what to select of that member.
   * @returns whatever member came back; `__typename` tells which.
   * @throws Error when the request failed at the top.
   */
  async mutate(field: string, input: Readonly<Record<string, unknown>>, selection: string): Promise<MutationResult> {
    const type = field.charAt(0).toUpperCase() + field.slice(1);
    const query = `mutation Demo($input: ${type}Input!) { result: ${field}(input: $input) { __typename ... on UserError { code message } ... on ${type}Ok { ${selection} } } }`;
    const data = await this.query(query, { input });
    return Result.parse(data['result']);
  }

  /** @throws Error with the first message when the answer has errors. */
  async query(query: string, variables: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }) },
      body: JSON.stringify({ query, variables }),
    });
    const answer = Answer.parse(await response.json());
    const failed = answer.errors?.[0];
    if (failed !== undefined) throw new Error(`${failed.message} (${query.slice(0, 80)} …)`);
    return answer.data ?? {};
  }

  /** As `mutate`, and anything but success is an error. */
  async succeed(field: string, input: Readonly<Record<string, unknown>>, selection: string): Promise<MutationResult> {
    const result = await this.mutate(field, input, selection);
    if (!result.__typename.endsWith('Ok')) throw new Error(`${field}: ${result.code ?? ''} ${result.message ?? result.__typename}`);
    return result;
  }
}
