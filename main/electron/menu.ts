/** The application menu. Keys that the window listens to itself are shown here and not registered a second time. */
import { Menu } from 'electron'
import type { MenuItemConstructorOptions } from 'electron'
import type { MenuCommand } from '../../shared/ipc/desktop'
import type { Phrase, Words } from './translations'

export interface MenuActions {
  readonly run: (command: MenuCommand) => void
  readonly openLogs: () => void
  readonly quit: () => void
}
type Item = MenuItemConstructorOptions

export function applicationMenu(words: Words, actions: MenuActions, development: boolean): Menu {
  const mac = process.platform === 'darwin'
  const menus = [
    ...(mac ? [applicationItems(words, actions)] : []),
    fileItems(words, actions, mac),
    editItems(words),
    viewItems(words, actions, development),
    {
      label: words('window'),
      role: 'windowMenu',
      submenu: [role(words, 'window.minimize', 'minimize'), role(words, 'window.close', 'close')],
    },
    helpItems(words, actions),
  ] satisfies Item[]
  return Menu.buildFromTemplate(menus)
}

const separator: Item = { type: 'separator' }

function role(words: Words, phrase: Phrase, name: NonNullable<Item['role']>): Item {
  return { label: words(phrase), role: name }
}

function command(words: Words, phrase: Phrase, actions: MenuActions, id: MenuCommand, accelerator?: string): Item {
  const keys = accelerator === undefined ? {} : { accelerator, registerAccelerator: false }
  return { label: words(phrase), click: () => actions.run(id), ...keys }
}

function applicationItems(words: Words, actions: MenuActions): Item {
  return {
    label: 'Weir',
    submenu: [
      role(words, 'help.about', 'about'),
      separator,
      command(words, 'file.settings', actions, 'settings', 'CmdOrCtrl+,'),
      separator,
      role(words, 'app.hide', 'hide'),
      role(words, 'app.hideOthers', 'hideOthers'),
      role(words, 'app.showAll', 'unhide'),
      separator,
      { label: words('file.quit'), accelerator: 'Cmd+Q', click: actions.quit },
    ],
  }
}

function fileItems(words: Words, actions: MenuActions, mac: boolean): Item {
  const elsewhere: Item[] = [
    separator,
    command(words, 'file.settings', actions, 'settings', 'CmdOrCtrl+,'),
    separator,
    { label: words('file.quit'), accelerator: 'Ctrl+Q', click: actions.quit },
  ]
  return {
    label: words('file'),
    submenu: [
      command(words, 'file.newSource', actions, 'new-source', 'CmdOrCtrl+N'),
      command(words, 'file.openFile', actions, 'open-file', 'CmdOrCtrl+O'),
      command(words, 'file.demo', actions, 'demo'),
      separator,
      command(words, 'file.export', actions, 'export', 'CmdOrCtrl+E'),
      ...(mac ? [] : elsewhere),
    ],
  }
}

function editItems(words: Words): Item {
  return {
    label: words('edit'),
    submenu: [
      role(words, 'edit.undo', 'undo'),
      role(words, 'edit.redo', 'redo'),
      separator,
      role(words, 'edit.cut', 'cut'),
      role(words, 'edit.copy', 'copy'),
      role(words, 'edit.paste', 'paste'),
      role(words, 'edit.selectAll', 'selectAll'),
    ],
  }
}

function viewItems(words: Words, actions: MenuActions, development: boolean): Item {
  const screens = ['dashboard', 'explore', 'alerts', 'sources', 'pipelines', 'outputs', 'data'] as const
  return {
    label: words('view'),
    submenu: [
      ...screens.map((screen) => command(words, `view.${screen}`, actions, `view-${screen}`)),
      separator,
      command(words, 'view.live', actions, 'toggle-live', 'Space'),
      command(words, 'view.palette', actions, 'palette', 'CmdOrCtrl+K'),
      separator,
      role(words, 'view.actualSize', 'resetZoom'),
      role(words, 'view.zoomIn', 'zoomIn'),
      role(words, 'view.zoomOut', 'zoomOut'),
      role(words, 'view.fullScreen', 'togglefullscreen'),
      ...(development ? [separator, role(words, 'view.developerTools', 'toggleDevTools')] : []),
    ],
  }
}

function helpItems(words: Words, actions: MenuActions): Item {
  return {
    label: words('help'),
    role: 'help',
    submenu: [
      command(words, 'help.guide', actions, 'guide'),
      command(words, 'help.shortcuts', actions, 'shortcuts'),
      { label: words('help.logs'), click: actions.openLogs },
      separator,
      command(words, 'help.about', actions, 'about'),
    ],
  }
}
