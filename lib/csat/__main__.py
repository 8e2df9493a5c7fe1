"""`python -m csat` is `csat`."""

from csat.run.cli import main

if __name__ == "__main__":
    main(prog_name="csat")
