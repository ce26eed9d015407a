import PartylineDaemon

await PartylinedCommand.runAndExit()
