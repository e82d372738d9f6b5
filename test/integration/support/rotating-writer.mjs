// Writes numbered NDJSON lines and rotates the file as logrotate does: rename and create anew, or copy and cut.
import { appendFileSync, copyFileSync, existsSync, renameSync, truncateSync, writeFileSync } from 'node:fs'

const [file = '', mode = ''] = process.argv.slice(2)
const [count = 0, perRotation = 0] = process.argv.slice(4).map(Number)
const KEPT = 9

let n = 0
const step = () => {
  for (let i = 0; i < 40 && n < count; i++, n++) {
    const line = `{"n":${n},"t":${1_700_000_000_000 + n}}\n`
    // Now and then in two writes: a line may be seen half written.
    if (n % 97 === 0) {
      appendFileSync(file, line.slice(0, 7))
      appendFileSync(file, line.slice(7))
    } else appendFileSync(file, line)
    if ((n + 1) % perRotation === 0) rotate()
  }
  if (n < count) setTimeout(step, 10)
  else process.stdout.write('done\n')
}

function rotate() {
  for (let i = KEPT; i > 0; i--) if (existsSync(`${file}.${i}`)) renameSync(`${file}.${i}`, `${file}.${i + 1}`)
  if (mode === 'rename') {
    renameSync(file, `${file}.1`)
    writeFileSync(file, '')
  } else {
    copyFileSync(file, `${file}.1`)
    truncateSync(file, 0)
  }
}
step()
