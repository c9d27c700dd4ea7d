import { TransportError } from '@oauth-concierge/core'
import { describe, expect, it } from 'vitest'
import { commands } from './commands/commands.ts'
import { cures } from './errors/cures.ts'
import { exitCodeOf } from './exit-codes.ts'
import { run } from './terminal.test-support.ts'

describe('concierge', () => {
  it('shows its commands', async () => {
    const { code, output } = await run(['--help'])
    expect(code).toBe(0)
    for (const { name, summary } of commands) expect(output).toContain(`${name.padEnd(13)}  ${summary}`)
    expect((await run([])).code).toBe(2)
    expect((await run(['--version'])).output).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it('does not know a command that there is not', async () => {
    const { code, output, errors } = await run(['tokens'])
    expect([code, output]).toEqual([2, ''])
    expect(errors).toContain('There are: token, login')
  })

  it.each(commands.map(({ name }) => [name]))('%s --help shows options and examples', async (name) => {
    for (const flag of ['--help', '-h']) {
      const { code, output, errors } = await run([...name.split(' '), flag])
      expect([code, errors]).toEqual([0, ''])
      expect(output).toContain(`Usage: concierge ${name}`)
      expect(output).toContain('Examples')
      expect(output).toContain('--json')
      expect(output).not.toMatch(/[ \t]\n/)
    }
  })

  it.each([
    [['decode', '--canary'], 'There is no option --canary.'],
    [['decode', '-x'], 'There is no such short option.'],
    [['decode', '--issuer'], '--issuer needs a value: --issuer <url>'],
    [['decode', '--issuer', '--verify'], '--issuer needs a value'],
    [['decode', '--verify=yes'], '--verify takes no value.'],
    [['decode', 'a.b.c', 'secret-canary'], 'There is an argument too many.'],
    [['token', 'secret-canary'], 'There is an argument too many.'],
  ])('%j is told how to be used, and its values are not repeated', async (argv, message) => {
    const { code, output, errors } = await run(argv)
    expect([code, output]).toEqual([2, ''])
    expect(errors).toContain(`concierge: invalid_configuration\n  ${message}`)
    expect(errors).toContain(`concierge ${argv[0]} --help shows the options.`)
    expect(errors).not.toContain('secret-canary')
  })

  it('tells errors as JSON where it is asked to', async () => {
    const { code, output, errors } = await run(['token', '--key-file', '/nowhere', '--json'])
    expect([code, output]).toEqual([3, ''])
    expect(JSON.parse(errors)).toEqual({
      error: {
        name: 'UsageError',
        code: 'credentials_unreadable',
        message: expect.stringContaining('/nowhere'),
        retryable: false,
        sessionSurvives: true,
      },
    })
  })

  it('colours only where colours can be seen', async () => {
    const escape = String.fromCharCode(27)
    const argv = ['decode', 'canary']
    expect((await run(argv, { colours: { output: true, errors: false } })).errors).not.toContain(escape)
    expect((await run(argv, { colours: { output: false, errors: true } })).errors).toContain(`${escape}[`)
  })

  it('has a fault of its own told without its message', async () => {
    const readInput = async (): Promise<string> => {
      throw new Error('canary')
    }
    const { code, errors } = await run(['decode'], { readInput } as object)
    expect(code).toBe(70)
    expect(errors).toContain('concierge: unexpected')
    expect(errors).toContain('    at ')
    expect(errors).not.toContain('canary')
  })

  it('that is left while it waits for input ends without a word', async () => {
    const interruption = new AbortController()
    const readInput = async (): Promise<string> => {
      interruption.abort()
      throw new Error('aborted')
    }
    const surroundings = { readInput, interrupted: interruption.signal } as object
    expect(await run(['decode'], surroundings)).toEqual({ code: 130, output: '', errors: '' })
  })

  it('tells a server that is down from one that answers nonsense', () => {
    expect(exitCodeOf(new TransportError('timed_out', 'x'))).toBe(4)
    expect(exitCodeOf(new TransportError('redirected', 'x'))).toBe(1)
  })

  it('has a cure for each code', () => {
    for (const line of cures.trim().split('\n')) expect(line).toMatch(/^[a-z_]+: [A-Z].*\.$/)
  })
})
