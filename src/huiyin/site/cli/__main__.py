from huiyin.site.cli import main

main()
