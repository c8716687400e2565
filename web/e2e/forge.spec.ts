import { verify, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server as Receiver } from 'node:http'
import { send, shots } from './make'
import { expect, test } from './sandbox'

test.use({ own: 'forge' })

/** A receiver that answers what it makes of a notification. */
async function receiver(answer: (headers: IncomingHttpHeaders, body: string) => number): Promise<{ url: string; close: () => Receiver }> {
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (part: string) => (body += part))
    request.on('end', () => response.writeHead(answer(request.headers, body)).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}/notify`, close: () => server.close() }
}

/** What a receiver has to check: whose key signed, when, and what. */
function verifies(certificate: X509Certificate): (headers: IncomingHttpHeaders, body: string) => number {
  return (headers, body) => {
    const said = (name: string) => String(headers[`wechatpay-${name}`] ?? '')
    const fresh = Math.abs(Date.now() / 1000 - Number(said('timestamp'))) <= 300
    const ours = said('serial').toUpperCase() === certificate.serialNumber
    const signed = verify('sha256', Buffer.from(`${said('timestamp')}\n${said('nonce')}\n${body}\n`), certificate.publicKey, Buffer.from(said('signature'), 'base64'))
    return fresh && ours && signed ? 204 : 401
  }
}

test('forged callbacks convict a careless receiver, acquit one that verifies, and not one that refuses everything', async ({ page, server, stock }) => {
  const careless = await receiver(() => 204)
  const right = await receiver(verifies(new X509Certificate(readFileSync(server.environment.platform_cert_file))))
  const strict = await receiver(() => 401)
  try {
    await server.favord('callbacks', 'set', careless.url)
    await send(server, stock, 'forge-1')
    await page.goto('/dev/callbacks')
    await page.getByRole('link', { name: 'COUPON.SEND' }).first().click()
    const forge = page.getByRole('region', { name: '攻击自己的接收端' })
    await forge.getByRole('button', { name: '发送伪造通知' }).click()
    await expect(forge.getByRole('status')).toContainText('接收端接受了 6 个伪造的通知')
    await expect(forge.locator('tbody tr')).toHaveCount(8)
    await shots(page, 'forge')
    await server.favord('callbacks', 'set', right.url)
    await forge.getByRole('button', { name: '再试一次' }).click()
    await expect(forge.getByRole('status')).toContainText('接收端接受真实的通知，拒绝了全部伪造')
    await server.favord('callbacks', 'set', strict.url)
    await forge.getByRole('button', { name: '再试一次' }).click()
    await expect(forge.getByRole('status')).toContainText('说明不了什么')
  } finally {
    careless.close()
    right.close()
    strict.close()
  }
})
