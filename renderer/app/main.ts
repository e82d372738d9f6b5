/** Starts the window: settings first, so that the first paint has the right theme and language. */
import '@fontsource-variable/inter/wght.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import './tokens.css'
import './base.css'
import '../ui/ui.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { app } from '../state/app.svelte'

void app.start().then(() => {
  const target = document.getElementById('root')
  if (target) mount(App, { target })
})
