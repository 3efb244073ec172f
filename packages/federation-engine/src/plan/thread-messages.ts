import type { PlannerLimits } from './planner.js';

/** What a planner's thread is given when it starts. */
export interface ThreadData {
  readonly supergraphSdl: string;
  readonly limits: PlannerLimits;
}

/** One job: texts of the documents, and the labels of overrides with whether they are on. */
export interface ThreadJob {
  readonly texts: readonly string[];
  readonly overrides: readonly (readonly [string, boolean])[];
}

/** What it says: once that it is ready, then one answer to each job, in order. Plans travel as JSON: they are nothing else. */
export type ThreadMessage =
  | {
      readonly kind: 'ready';
      /** The system's number of the thread, where there is one to be had. */
      readonly task: string | undefined;
    }
  | { readonly kind: 'made'; readonly plans: string }
  | { readonly kind: 'too large'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string; readonly extensions: Readonly<Record<string, unknown>> }
  | { readonly kind: 'failed'; readonly message: string };
