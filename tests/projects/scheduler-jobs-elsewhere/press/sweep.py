def main():
    print("swept")


if __name__ == "__main__":
    main()
