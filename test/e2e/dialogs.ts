/** The system's own dialogs cannot be driven: they are answered for the user. */
import type { WeirApp } from './app'

/** @param filePath null: the user cancels */
export async function answerDialog(app: WeirApp, filePath: string | null): Promise<void> {
  await app.electron.evaluate(({ dialog }, path) => {
    const answer = path === null ? { canceled: true, filePath: '' } : { canceled: false, filePath: path }
    dialog.showSaveDialog = () => Promise.resolve(answer)
    dialog.showOpenDialog = () => Promise.resolve({ canceled: path === null, filePaths: path === null ? [] : [path] })
  }, filePath)
}
