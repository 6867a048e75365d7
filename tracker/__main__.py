"""The ``tracker`` command; subcommands are imported when they are used."""

from tracker.cli.group import main

if __name__ == "__main__":
    main()
