/** The explicit table: a new kind of output is one new file and one line here. */
import type { OutboxItem, Sender, SourceContext } from '../contracts'
import { FileSender } from '../outputs/file'
import { KafkaSender } from '../outputs/kafka'
import { MailSender } from '../outputs/mail'
import { MqttSender } from '../outputs/mqtt'
import { mysqlSender } from '../outputs/mysql'
import { postgresSender } from '../outputs/postgres'
import { TcpSender } from '../outputs/tcp'
import { WebhookSender } from '../outputs/webhook'
import { WebSocketSender } from '../outputs/websocket'
import type { OutputConfig } from '../../shared/config/output'
import type { OutputTest } from '../../shared/ipc/outputs'

export function createSender({ connection }: OutputConfig, context: SourceContext): Sender {
  const { secrets } = context
  switch (connection.kind) {
    case 'mqtt':
      return new MqttSender(connection, context)
    case 'kafka':
      return new KafkaSender(connection, context)
    case 'webhook':
      return new WebhookSender(connection, secrets)
    case 'mail':
      return new MailSender(connection, secrets)
    case 'file':
      return new FileSender(connection)
    case 'tcp':
      return new TcpSender(connection)
    case 'websocket':
      return new WebSocketSender(connection, secrets)
    case 'postgres':
      return postgresSender(connection, secrets)
    case 'mysql':
      return mysqlSender(connection, secrets)
  }
}

/** @throws Error with the reason in words */
export async function testSender(sender: Sender, id: string): Promise<OutputTest> {
  const started = performance.now()
  try {
    const tried = sender.test?.() ?? sender.open?.()
    await (tried ?? sender.send([testItem(id)], new AbortController().signal))
    return { sent: tried === undefined, elapsedMs: performance.now() - started }
  } finally {
    await sender.close()
  }
}

function testItem(output: string): OutboxItem {
  const now = Date.now()
  return { seq: 0, rule: null, created: now, body: { kind: 'test', id: `test:${output}:${now}`, time: now } }
}
