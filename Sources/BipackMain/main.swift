import BipackCLI

await BipackTool.main()
