/** System packages on Linux: installed as root on Debian, named elsewhere. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { say, SetupError } from './run.mjs'

/** Debian package → a file that it brings. */
const RUNTIME = {
  'libgtk-3-0': 'libgtk-3.so.0',
  libnss3: 'libnss3.so',
  libasound2: 'libasound.so.2',
  libgbm1: 'libgbm.so.1',
  'libatk-bridge2.0-0': 'libatk-bridge-2.0.so.0',
  libcups2: 'libcups.so.2',
  libxss1: 'libXss.so.1',
}
/** Debian package → a program or file that it brings. */
const DISPLAY = {
  xvfb: '/usr/bin/Xvfb',
  xauth: '/usr/bin/xauth',
  'fonts-noto-cjk': '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
}
const TESTS = {
  mosquitto: '/usr/sbin/mosquitto',
  'mosquitto-clients': '/usr/bin/mosquitto_pub',
  socat: '/usr/bin/socat',
  openssl: '/usr/bin/openssl',
  curl: '/usr/bin/curl',
  'default-jre-headless': '/usr/bin/java',
  maven: '/usr/bin/mvn',
  kcat: '/usr/bin/kcat',
  postgresql: '/usr/bin/pg_ctlcluster',
  'mariadb-server': '/usr/sbin/mariadbd',
  dbus: '/usr/bin/dbus-run-session',
  dunst: '/usr/bin/dunst',
}
const LONG_TESTS = { 'libreoffice-calc': '/usr/bin/localc' }

/** @param {{ display?: boolean, tests?: boolean, long?: boolean }} [need] */
export function ensureSystem(need = {}) {
  if (process.platform !== 'linux') return
  const libraries =
    spawnSync('ldconfig', ['-p'], {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${process.env['PATH']}:/sbin:/usr/sbin` },
    }).stdout ?? ''
  const missing = Object.entries(RUNTIME).filter(([, library]) => libraries !== '' && !libraries.includes(library))
  const files = {
    ...(need.display ? DISPLAY : {}),
    ...(need.tests ? TESTS : {}),
    ...(need.long ? LONG_TESTS : {}),
  }
  missing.push(...Object.entries(files).filter(([, file]) => !existsSync(file)))
  if (missing.length === 0) return
  const names = missing.map(([name]) => name)
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    const wanted = `These system packages are missing (Debian names): ${names.join(' ')}; install them with your package manager.`
    // Missing test peers skip their tests; missing libraries stop everything.
    if (missing.some(([name]) => name in RUNTIME || name in DISPLAY)) throw new SetupError(wanted)
    return say(wanted)
  }
  say(`Installing system packages: ${names.join(' ')} …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync('apt-get', ['update', '-qq'], { env })
  const result = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], {
    env,
    encoding: 'utf8',
  })
  if (result.status !== 0)
    throw new SetupError(
      `apt-get could not install ${names.join(' ')}: ${(result.stderr ?? '').trim().split('\n').pop()}`,
    )
}
