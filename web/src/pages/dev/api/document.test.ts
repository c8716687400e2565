import { describe, expect, it } from 'vitest'
import { casesOf, operationsOf, sampleOf, targetOf, type Document } from './document'

const document: Document = {
  paths: {
    '/v3/a/{id}': {
      post: {
        operationId: 'a.do', summary: '做', description: 'Do it (4.1)', tags: ['a'],
        parameters: [{ name: 'id', in: 'path' }, { name: 'q', in: 'query' }],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/A' } } } },
        responses: { 200: {}, 404: { description: 'no' } },
      },
    },
  },
  components: { schemas: { A: { type: 'object', required: ['n', 'kind', 'list'], properties: { n: { type: 'integer', minimum: 5 }, kind: { enum: ['X', 'Y'] }, list: { type: 'array', items: { type: 'string' } }, appid: { type: 'string' }, more: { type: 'string' } } } } },
}

describe('the document', () => {
  it('says when a status comes', () => {
    expect(casesOf('- `NO_AUTH` Not yours.\nelse')).toEqual([
      { code: 'NO_AUTH', text: 'Not yours.' },
      { code: '', text: 'else' },
    ])
  })
  it('becomes operations', () => {
    const [o] = operationsOf(document)
    expect(o).toMatchObject({ id: 'a.do', method: 'POST', english: 'Do it', product: 'a', failures: [{ status: '404', description: 'no' }] })
    expect(targetOf(o!, { id: 'a/b', q: '券' })).toBe('/v3/a/a%2Fb?q=%E5%88%B8')
    expect(targetOf(o!, { id: '1' })).toBe('/v3/a/1')
    expect(sampleOf(o!.body, document, { appid: 'wx1' })).toEqual({ n: 5, kind: 'X', list: [''], appid: 'wx1' })
  })
})
