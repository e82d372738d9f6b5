import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CONTENT_POLICY, assetOf, isOwnAddress } from '../../../main/electron/assets'
import { isAllowedLink } from '../../../main/electron/links'

const folder = join('/', 'opt', 'weir', 'out', 'renderer')

describe('assetOf', () => {
  it.each([
    ['weir://app/', 'index.html', 'text/html; charset=utf-8'],
    ['weir://app/index.html?x=1#y', 'index.html', 'text/html; charset=utf-8'],
    ['weir://app/assets/a-b_c.js', 'assets/a-b_c.js', 'text/javascript; charset=utf-8'],
    ['weir://app/assets/inter%20latin.woff2', 'assets/inter latin.woff2', 'font/woff2'],
  ])('%s', (address, name, mediaType) => {
    expect(assetOf(folder, address)).toEqual({ path: join(folder, name), mediaType })
  })

  // The URL parser resolves `..` and `%2e%2e` itself, to the root: such an address stays inside.
  it.each(['weir://app/../../secret.json', 'weir://app/%2e%2e/%2E%2E/secret.json'])('%s stays inside', (address) => {
    expect(assetOf(folder, address)?.path).toBe(join(folder, 'secret.json'))
  })

  it.each([
    'weir://app/..%2f..%2fsecret.json',
    'weir://app/..%2F..%2Fsecret.json',
    'weir://app/..%5c..%5csecret.json',
    'weir://app/..\\..\\secret.json',
    'weir://app/%00/index.html',
    'weir://app/index.html%00.js',
    'weir://app/%E0%A4%A.js',
    'weir://app/etc/passwd',
    'weir://other/index.html',
    'weir://user@other/index.html',
    'file:///etc/passwd.json',
    'https://app/index.html',
    'nonsense',
  ])('%s is nothing of ours', (address) => {
    expect(assetOf(folder, address)).toBeNull()
  })
})

it('isOwnAddress takes our own pages only', () => {
  expect(isOwnAddress('weir://app/index.html')).toBe(true)
  for (const other of ['weir://other/', 'https://app/', 'data:text/html,x', 'about:blank', 'file:///', ''])
    expect(isOwnAddress(other), other).toBe(false)
})

it('the content policy starts from nothing and allows no code from strings', () => {
  expect(CONTENT_POLICY).toMatch(/^default-src 'none'; script-src 'self'; /)
  expect(CONTENT_POLICY).not.toMatch(/unsafe|https?:|\*/)
})

it('isAllowedLink takes https to the listed hosts only', () => {
  expect(isAllowedLink('https://mqtt.org/mqtt-specification/')).toBe(true)
  for (const other of [
    'http://mqtt.org/',
    'https://mqtt.org.evil.example/',
    'https://mqtt.org:8443/',
    'https://a:b@mqtt.org/',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'x',
  ])
    expect(isAllowedLink(other), other).toBe(false)
})
