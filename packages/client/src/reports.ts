/** Operations that only look: retros, patches, artifacts, a check before a run. */
import {
  ArtifactList,
  PreflightReport,
  Retro,
  RetroPage,
  RunArtifactList,
  RunDiff,
  type RunManifest,
  type Smoothness,
} from '@fabro/protocol';
import type { Schema } from './answer.js';
import type { RequestOptions, Transport } from './transport.js';

export interface RetroOptions {
  /** 1 to 100, default 20. */
  readonly limit?: number;
  /** Default 0. */
  readonly offset?: number;
  /** Name or slug of a workflow. */
  readonly workflow?: string;
  readonly smoothness?: Smoothness;
}

export interface DiffOptions {
  /** Latest stage of this node; absent means the whole run. */
  readonly node?: string | undefined;
  /** This very stage, `node@visit`. */
  readonly stage?: string | undefined;
}

interface ReportPorts {
  readonly request: Transport;
  json<T>(schema: Schema<T>, method: string, path: string, init?: RequestOptions): Promise<T>;
}

const API = '/api/v1';

export function reportOperations({ request, json }: ReportPorts) {
  const run = (id: string): string => `${API}/runs/${encodeURIComponent(id)}`;
  const artifacts = (id: string, stage: string): string =>
    `${run(id)}/stages/${encodeURIComponent(stage)}/artifacts`;
  return {
    /** null while the run has none. */
    retrieveRetro: (id: string) => json(Retro.nullable(), 'GET', `${run(id)}/retro`),
    listRetros: ({ limit, offset, ...filter }: RetroOptions = {}) =>
      json(RetroPage, 'GET', `${API}/retros`, {
        query: { 'page[limit]': limit, 'page[offset]': offset, ...filter },
      }),
    retrieveRunDiff: (id: string, query: DiffOptions = {}) =>
      json(RunDiff, 'GET', `${run(id)}/diff`, { query: { ...query } }),
    listRunArtifacts: (id: string) => json(RunArtifactList, 'GET', `${run(id)}/artifacts`),
    listStageArtifacts: (id: string, stage: string) =>
      json(ArtifactList, 'GET', artifacts(id, stage)),
    getStageArtifact: async (
      id: string,
      stage: string,
      query: { readonly filename: string; readonly retry?: number | undefined },
    ): Promise<Uint8Array> => {
      const answer = await request('GET', `${artifacts(id, stage)}/download`, {
        query: { ...query },
      });
      return new Uint8Array(await answer.arrayBuffer());
    },
    runPreflight: (manifest: RunManifest) =>
      json(PreflightReport, 'POST', `${API}/preflight`, { body: manifest }),
  };
}
