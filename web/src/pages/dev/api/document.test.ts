import { describe, expect, it } from 'vitest'
import { casesOf, fieldsOf, filled, operationsOf, targetOf, type Document } from './document'

const document: Document = {
  paths: {
    '/v3/a/{id}': {
      post: {
        operationId: 'a.do', summary: '做', description: 'Do it (4.1)', tags: ['a'],
        parameters: [{ name: 'id', in: 'path' }, { name: 'q', in: 'query' }],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/A' }, example: { n: 5 } } } },
        'x-before': ['a.make'], 'x-kept': { coupon_code: '120000000001' },
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
    expect(o).toMatchObject({ example: { n: 5 }, before: ['a.make'], kept: ['120000000001'] })
  })
  it('lists the fields of a body with those inside', () => {
    const nested: Document = { paths: {}, components: { schemas: { B: { properties: { rule: { allOf: [{ $ref: '#/components/schemas/C' }] }, list: { type: 'array', items: { $ref: '#/components/schemas/C' } } }, required: ['list'] }, C: { properties: { n: { type: 'integer' } } } } } }
    expect(fieldsOf(nested, { $ref: '#/components/schemas/B' }).map((f) => [f.path, f.depth, f.required])).toEqual([['rule', 0, false], ['rule.n', 1, false], ['list', 0, true], ['list.n', 1, false]])
  })
  it('has examples that work now', () => {
    const example = {
      at: '2026-12-05T12:00:00+08:00', day: '2026-12-05', no: 'example0000000000000001', id: '4200000000000000000000000001',
      code: '120000000001', mchid: '1900000001', list: [{ mchid: '1900000001' }], amount: 5, on: true, name: '满10元减5元',
    }
    const facts = { swap: { 1900000001: '1900000009' }, kept: ['120000000001'], later: 86400_000 + 3600_000, number: () => 'n1', digits: (n: number) => '7'.repeat(n) }
    expect(filled(example, facts)).toEqual({
      at: '2026-12-06T13:00:00+08:00', day: '2026-12-06', no: 'n1', id: `4200${'7'.repeat(24)}`,
      code: '', mchid: '1900000009', list: [{ mchid: '1900000009' }], amount: 5, on: true, name: '满10元减5元',
    })
  })
})
