import type { Command } from '../command.ts'
import { decode } from './decode.ts'
import { doctor } from './doctor.ts'
import { keysGenerate } from './keys-generate.ts'
import { keysInspect } from './keys-inspect.ts'
import { login } from './login.ts'
import { logout } from './logout.ts'
import { serve } from './serve.ts'
import { token } from './token.ts'

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  token,
  login,
  logout,
  decode,
  keysGenerate,
  keysInspect,
  doctor,
  serve,
]
