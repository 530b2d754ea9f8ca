/** Retros as rows, one a run: the latest one. */
import { EVENT_PROPERTIES } from '@fabro/protocol';
import type { Projection } from '@fabro/journal';

export const RETRO_PROJECTION: Projection = {
  name: 'retros',
  version: 1,
  tables: [
    {
      name: 'retros',
      key: {},
      columns: { at: 'text', smoothness: 'text', retro: 'text' },
      indexes: [['at']],
    },
  ],
  apply({ type, body }) {
    if (type !== 'retro.completed') return [];
    const { retro } = EVENT_PROPERTIES['retro.completed'].parse(body['properties']);
    if (retro === undefined) return [];
    return [
      {
        op: 'upsert',
        table: 'retros',
        key: {},
        set: {
          at: retro.timestamp,
          smoothness: retro.smoothness ?? null,
          retro: JSON.stringify(retro),
        },
      },
    ];
  },
};
