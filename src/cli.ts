import { runCommand } from './cli/run-command.ts'

// The reader may have seen enough: `… programme export | head`.
process.stdout.on('error', () => { process.exit() })

process.exitCode = await runCommand(process.argv.slice(2), process.env)
