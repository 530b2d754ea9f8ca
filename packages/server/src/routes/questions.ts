/** Questions that wait for a human, and their answers. */
import { jsonBody, parsePage } from '@fabro/http';
import { createRoute, z } from '@hono/zod-openapi';
import { type Api, callerOf } from '../context.js';
import type { ServerDeps } from '../deps.js';
import { BODY_FAILURES, failures, json } from '../responses.js';
import { AnswerBody, PageQuery, QuestionPage, RunParams } from '../schemas.js';
import { API } from '../urls.js';

const listRunQuestions = createRoute({
  method: 'get',
  path: `${API}/runs/{id}/questions`,
  operationId: 'listRunQuestions',
  tags: ['Questions'],
  summary: 'Open questions, oldest first',
  request: { params: RunParams, query: PageQuery },
  responses: { 200: json('OK', QuestionPage), ...failures(400, 404) },
});

const submitRunAnswer = createRoute({
  method: 'post',
  path: `${API}/runs/{id}/questions/{qid}/answer`,
  operationId: 'submitRunAnswer',
  tags: ['Questions'],
  summary: 'Answer a question; the first answer wins',
  middleware: [jsonBody()],
  request: {
    params: RunParams.extend({ qid: z.string().meta({ description: 'Question id.' }) }),
    body: { required: true, content: { 'application/json': { schema: AnswerBody } } },
  },
  responses: { 204: { description: 'Answered' }, ...failures(...BODY_FAILURES, 403, 404, 409) },
});

export function addQuestionRoutes(api: Api, { runs }: ServerDeps): void {
  api.openapi(listRunQuestions, async (c) => {
    const query = c.req.valid('query');
    const range = parsePage(query['page[limit]'], query['page[offset]']);
    const page = await runs.questions(c.req.valid('param').id, range);
    return c.json({ data: [...page.data], meta: { has_more: page.hasMore } }, 200);
  });
  api.openapi(submitRunAnswer, async (c) => {
    const { id, qid } = c.req.valid('param');
    await runs.answer(id, qid, c.req.valid('json'), callerOf(c));
    return c.body(null, 204);
  });
}
