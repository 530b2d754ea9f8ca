import { afterEach, expect, test } from 'vitest';
import { type Twin, startAnthropicTwin, startOpenAiTwin } from './index.js';

let twin: Twin | undefined;
afterEach(async () => {
  await twin?.close();
  twin = undefined;
});

function post(url: string, body: string): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers: { 'x-seen': 'yes' } });
}

test('a twin records method, path, headers and the body byte for byte', async () => {
  twin = await startAnthropicTwin([{ text: 'hi' }]);
  const body = '{ "model":"m",  "text":"naïve 🙂" }';
  await (await post(`${twin.url}/v1/messages`, body)).text();
  const request = await twin.request(0);
  expect([request.method, request.path, request.headers['x-seen']]).toEqual([
    'POST',
    '/v1/messages',
    'yes',
  ]);
  expect(request.body.equals(Buffer.from(body))).toBe(true);
});

test('a list that has run out refuses in the words of its provider', async () => {
  twin = await startOpenAiTwin([]);
  const response = await post(`${twin.url}/v1/responses`, '{}');
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({
    error: {
      message: 'the twin has no answer 1',
      type: 'twin_script',
      param: null,
      code: 'twin_script',
    },
  });
});

test('a function may answer by what was asked, and by how often', async () => {
  twin = await startOpenAiTwin((request, index) =>
    request.body.includes('boom') ? { status: 500 } : { text: `answer ${index}` },
  );
  const url = `${twin.url}/v1/chat/completions`;
  expect((await post(url, '{"boom":1}')).status).toBe(500);
  expect(await (await post(url, '{}')).text()).toContain('"content":"answer 1"');
});

test('a path that the provider does not have is 404', async () => {
  twin = await startAnthropicTwin([{ text: 'hi' }]);
  expect((await post(`${twin.url}/v1/responses`, '{}')).status).toBe(404);
});

test('a slow answer arrives whole, and one to be dropped breaks off', async () => {
  twin = await startOpenAiTwin([
    { text: 'slow', frameDelayMs: 2 },
    { text: 'dropped', interrupt: { afterFrames: 2, how: 'drop' } },
  ]);
  const url = `${twin.url}/v1/chat/completions`;
  expect(await (await post(url, '{}')).text()).toMatch(/data: \[DONE\]\n\n$/);
  const dropped = await post(url, '{}');
  await expect(dropped.text()).rejects.toThrow('terminated');
});

test('closing ends answers that are still open', async () => {
  twin = await startAnthropicTwin([{ text: 'x', interrupt: { afterFrames: 1, how: 'stall' } }]);
  const response = await post(`${twin.url}/v1/messages`, '{}');
  await twin.close();
  await expect(response.text()).rejects.toThrow('terminated');
  twin = undefined;
});
