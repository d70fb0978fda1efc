// The sets whose files are text, sound or pictures in colour. An empty address: there is no public
// one whose bytes are these files', so they must lie in `$TANDEM_DATA`, or the set's own variable
// names a server that has them.
extension DataSetDescription {
  /// A set whose variable is `TANDEM_`, its name in capitals, and `_URL`.
  init(name: String, defaultURL: String, files: [DataSetFile]) {
    self.init(
      name: name, urlVariable: "TANDEM_" + name.uppercased() + "_URL", defaultURL: defaultURL,
      files: files)
  }

  /// Small photographs: the first records of the first training file and of the test file, exact.
  static let cifar10 = DataSetDescription(
    name: "cifar10", defaultURL: "",
    files: [
      DataSetFile(
        "data_batch_1_first4000.bin.gz", 11_316_918,
        "0bb145d179ecb2a750190e62493390eeb7162bf39f48bbe8e48630dd27a8a1ba"),
      DataSetFile(
        "test_batch_first1000.bin.gz", 2_825_834,
        "481869234567c4835abc7c5f640eb4c2dd6fb841f09ea94a7f989d31f337e06c"),
    ])

  /// Small photographs: all of them, as JPEG files.
  static let cifar10Pictures = DataSetDescription(
    name: "cifar10", defaultURL: "",
    files: [
      DataSetFile(
        "cifar10_jpeg_train50000.tar.gz", 16_238_417,
        "09cf347fbfc566b6dc6c0f03e9f1bf5ef77c9dc14514ab3ba52736881076d137"),
      DataSetFile(
        "cifar10_jpeg_train50000.lst", 1_438_890,
        "b52747ab790a9ccde733721b903277c47036b7432cfa5e1d4b50edd5a064845f"),
      DataSetFile(
        "cifar10_jpeg_test10000.tar.gz", 3_209_011,
        "4a1ac0cd4312c0f1addc206fc6b1ccb5273db3c7e62201faddfab1b99b91d073"),
      DataSetFile(
        "cifar10_jpeg_test10000.lst", 268_890,
        "2e69963fb62c0ac25c94e5e7a099a4de81a41b5f485aba302bdb81b18dda5af2"),
    ])

  /// Sentences of the Wall Street Journal, in Mikolov's cut.
  static let ptb = DataSetDescription(
    name: "ptb", defaultURL: "",
    files: [
      DataSetFile(
        "ptb.train.txt", 5_101_618,
        "fcea919f6cf83f35d4d00c6cbf08040d13d4155226340912e2fef9c9c4102cbf"),
      DataSetFile(
        "ptb.valid.txt", 399_782,
        "c9fe6985fe0d4ccb578183407d7668fc6066c20700cb4cf87d8ff1cc34df1bf2"),
      DataSetFile(
        "ptb.test.txt", 449_945,
        "dd65dff31e70846b2a6030a87482edcd5d199130cdcfa1f3dccbb033728deee0"),
    ])

  /// A million characters of plays.
  static let tinyShakespeare = DataSetDescription(
    name: "tinyshakespeare",
    defaultURL: "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/",
    files: [
      DataSetFile(
        "input.txt", 1_115_394,
        "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed")
    ])

  /// A hundred thousand ratings of films.
  static let movieLens = DataSetDescription(
    name: "movielens", defaultURL: "",
    files: [
      DataSetFile(
        "ml-latest-small/ratings.csv", 2_338_261,
        "b4239649fbf90ebf405c56c3ae1d929d9e7c86fc1a3a80cbef1c884df593ef73"),
      DataSetFile(
        "ml-latest-small/movies.csv", 449_264,
        "43d1736d3c688eb5b7856473c36d86a1c345676cab256c91720c1f6984d263b5"),
    ])

  /// Sentences of film reviews.
  static let rtPolarity = DataSetDescription(
    name: "rt_polarity",
    defaultURL:
      "https://raw.githubusercontent.com/dennybritz/cnn-text-classification-tf/master/data/"
      + "rt-polaritydata/",
    files: [
      DataSetFile(
        "rt-polarity.pos", 626_395,
        "4134882974a28d0c7b5151256f0e33a6169984ee7372c279e673f1114f475d58"),
      DataSetFile(
        "rt-polarity.neg", 612_506,
        "2d11cfbc790f1cd96d78339f41ce53ced1efa83cd22d37d6788fa3fe3d17e2fd"),
    ])

  /// Ten digits, spoken by six people.
  static let spokenDigits = DataSetDescription(
    name: "speech_fsdd", defaultURL: "",
    files: [
      DataSetFile(
        "fsdd_600.tar.gz", 3_112_940,
        "3f404a29206eda16ecda39e12b52c3564845413b5023a10c762e020239dadce3")
    ])
}
