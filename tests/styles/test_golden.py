"""The styles as they look, and texts of people as they are read."""

from time import process_time

import pytest

from pipeline.schema import Documentation, Interface, Item, Kind, Parameter
from pipeline.styles import LANGUAGES, STYLES, detected, parsed, place, skeleton, written

COUNT = Documentation(
    "Count the `rows` of a table.",
    "Rows without a key, such as List<T>, count once.",
    (Item("rows", "list", "What to count."), Item("limit", "int", "The most that is counted before it stops.")),
    Item("", "int", "The count."),
    None,
    (Item("ValueError", None, "The limit is 0."),),
)
INTERFACE = Interface((Parameter("rows", "list"), Parameter("limit", "int", "9")), "int", True, False, ("ValueError",))

GOLDEN = {
    "google": '''
    """Count the `rows` of a table.

    Rows without a key, such as List<T>, count once.

    Args:
        rows (list): What to count.
        limit (int): The most that is counted before it
            stops.

    Returns:
        int: The count.

    Raises:
        ValueError: The limit is 0.
    """''',
    "numpy": '''
    """Count the `rows` of a table.

    Rows without a key, such as List<T>, count once.

    Parameters
    ----------
    rows : list
        What to count.
    limit : int
        The most that is counted before it stops.

    Returns
    -------
    int
        The count.

    Raises
    ------
    ValueError
        The limit is 0.
    """''',
    "rest": '''
    """Count the ``rows`` of a table.

    Rows without a key, such as List<T>, count once.

    :param rows: What to count.
    :type rows: list
    :param limit: The most that is counted before it
        stops.
    :type limit: int
    :returns: The count.
    :rtype: int
    :raises ValueError: The limit is 0.
    """''',
    "epytext": '''
    """Count the C{rows} of a table.

    Rows without a key, such as List<T>, count once.

    @param rows: What to count.
    @type rows: list
    @param limit: The most that is counted before it
        stops.
    @type limit: int
    @return: The count.
    @rtype: int
    @raise ValueError: The limit is 0.
    """''',
    "jsdoc": """
    /**
     * Count the `rows` of a table.
     *
     * Rows without a key, such as List\\<T>, count once.
     *
     * @param {list} rows - What to count.
     * @param {int} [limit=9] - The most that is counted
     *   before it stops.
     * @returns {int} The count.
     * @throws {ValueError} The limit is 0.
     */""",
    "tsdoc": """
    /**
     * Count the `rows` of a table.
     *
     * Rows without a key, such as List\\<T\\>, count
     * once.
     *
     * @param rows - What to count.
     * @param limit - The most that is counted before it
     *   stops.
     * @returns The count.
     * @throws {@link ValueError} The limit is 0.
     */""",
    "javadoc": """
    /**
     * Count the {@code rows} of a table.
     *
     * Rows without a key, such as List&lt;T&gt;, count
     * once.
     *
     * @param rows What to count.
     * @param limit The most that is counted before it
     *   stops.
     * @return The count.
     * @throws ValueError The limit is 0.
     */""",
    "doxygen": """
    /**
     * @brief Count the `rows` of a table.
     *
     * Rows without a key, such as List\\<T\\>, count
     * once.
     *
     * @param rows What to count.
     * @param limit The most that is counted before it
     *   stops.
     * @return The count.
     * @throws ValueError The limit is 0.
     */""",
    "yard": """
    # Count the `rows` of a table.
    #
    # Rows without a key, such as List\\<T>, count once.
    #
    # @param rows [list] What to count.
    # @param limit [int] The most that is counted before
    #   it stops.
    # @return [int] The count.
    # @raise [ValueError] The limit is 0.""",
    "phpdoc": """
    /**
     * Count the `rows` of a table.
     *
     * Rows without a key, such as List\\<T>, count once.
     *
     * @param list $rows What to count.
     * @param int $limit The most that is counted before
     *   it stops.
     * @return int The count.
     * @throws ValueError The limit is 0.
     */""",
    "ocamldoc": """
    (** Count the [rows] of a table.

        Rows without a key, such as List<T>, count once.

        @param rows What to count.
        @param limit The most that is counted before it
          stops.
        @return The count.
        @raise ValueError The limit is 0.
    *)""",
    "luals": """
    --- Count the `rows` of a table.
    ---
    --- Rows without a key, such as List\\<T>, count
    --- once.
    ---
    ---@param rows list What to count.
    ---@param limit int The most that is counted before it stops.
    ---@return int # The count.
    ---@raise ValueError The limit is 0.""",
    "rustdoc": """
    /// Count the `rows` of a table.
    ///
    /// Rows without a key, such as List\\<T>, count
    /// once.
    ///
    /// # Arguments
    ///
    /// * `rows` - What to count.
    /// * `limit` - The most that is counted before it
    ///   stops.
    ///
    /// # Returns
    ///
    /// The count.
    ///
    /// # Errors
    ///
    /// * `ValueError` - The limit is 0.""",
    "julia": '''
    """
    Count the `rows` of a table.

    Rows without a key, such as List\\\\<T>, count once.

    # Arguments

    - `rows::list`: What to count.
    - `limit::int`: The most that is counted before it
      stops.

    # Returns

    - `int`: The count.

    # Throws

    - `ValueError`: The limit is 0.
    """''',
    "exdoc": '''
    @doc """
    Count the `rows` of a table.

    Rows without a key, such as List\\\\<T>, count once.

    ## Parameters

      * `rows` - What to count.
      * `limit` - The most that is counted before it
        stops.

    ## Returns

    The count.

    ## Raises

      * `ValueError` - The limit is 0.
    """''',
    "haddock": """
    -- | Count the @rows@ of a table.
    --
    -- Rows without a key, such as List\\<T>, count once.
    --
    -- === Arguments
    --
    -- [@rows@]: What to count.
    -- [@limit@]: The most that is counted before it
    --     stops.
    --
    -- === Returns
    --
    -- The count.
    --
    -- === Exceptions
    --
    -- [@ValueError@]: The limit is 0.""",
    "swift": """
    /// Count the `rows` of a table.
    ///
    /// Rows without a key, such as List\\<T>, count
    /// once.
    ///
    /// - Parameters:
    ///   - rows: What to count.
    ///   - limit: The most that is counted before it
    ///     stops.
    /// - Returns: The count.
    /// - Throws: `ValueError` The limit is 0.""",
    "csharp": """
    /// <summary>
    /// Count the <c>rows</c> of a table.
    /// </summary>
    /// <remarks>
    /// Rows without a key, such as List&lt;T&gt;, count
    /// once.
    /// </remarks>
    /// <param name="rows">What to count.</param>
    /// <param name="limit">
    /// The most that is counted before it stops.
    /// </param>
    /// <returns>The count.</returns>
    /// <exception cref="ValueError">
    /// The limit is 0.
    /// </exception>""",
    "shell": """
    # Count the `rows` of a table.
    #
    # Rows without a key, such as List<T>, count once.
    #
    # Arguments:
    #   rows - What to count.
    #   limit - The most that is counted before it
    #     stops.
    #
    # Returns:
    #   The count.
    #
    # Raises:
    #   ValueError - The limit is 0.""",
}
ALIKE = {"kdoc": "jsdoc", "scaladoc": "javadoc", "doxygen-lines": "doxygen", "godoc": "rustdoc"}


@pytest.mark.parametrize("style", GOLDEN)
def test_a_style_looks_like_this(style: str) -> None:
    assert "\n" + written(COUNT, INTERFACE, style, "function", "    ", width=56) == GOLDEN[style]


def test_every_style_is_shown_or_is_like_one_that_is() -> None:
    assert STYLES.keys() == GOLDEN.keys() | ALIKE.keys()
    assert {style for styles in LANGUAGES.values() for style in styles} == STYLES.keys()


SHORT = Documentation("Count rows.")


@pytest.mark.parametrize(
    ("style", "kind", "expected"),
    [
        ("google", "function", '"""Count rows."""'),
        ("jsdoc", "function", "/** Count rows. */"),
        ("ocamldoc", "function", "(** Count rows. *)"),
        ("haddock", "function", "-- | Count rows."),
        ("rustdoc", "module", "//! Count rows."),
        ("exdoc", "module", '@moduledoc """\nCount rows.\n"""'),
        ("jsdoc", "module", "/**\n * @file\n * Count rows.\n */"),
        ("tsdoc", "module", "/**\n * Count rows.\n *\n * @packageDocumentation\n */"),
        ("doxygen", "module", "/**\n * @file\n * @brief Count rows.\n */"),
    ],
)
def test_a_summary_alone_is_short(style: str, kind: Kind, expected: str) -> None:
    assert written(SHORT, Interface(), style, kind) == expected
    assert parsed(expected, style) == SHORT


def test_python_has_its_docstrings_in_the_body_and_most_others_do_not() -> None:
    assert {style for style in STYLES if place(style, "function") == "body"} == {"google", "numpy", "rest", "epytext"}
    assert place("rustdoc", "module") == place("exdoc", "class") == "body"
    assert place("rustdoc", "class") == place("jsdoc", "module") == "before"


@pytest.mark.parametrize(
    ("style", "text", "item"),
    [
        ("google", '"""X.\n\n    Args:\n      n (int, optional): How\n        many.\n    """', ("n", "int")),
        ("numpy", '"""X.\n\n    Parameters\n    ----------\n    n, m : int, default 1\n      How\n"""', ("n", "int")),
        ("rest", '"""X.\n\n    :param int n: How\n    :returns: x\n    """', ("n", "int")),
        ("jsdoc", "/**\n * X.\n * @param {Map<A, {a: number}>} [n=1] How\n */", ("n", "Map<A, {a: number}>")),
        ("doxygen", "/*! \\brief X.\n *\n * \\param[in] n How\n */", ("n", None)),
        ("yard", "# X.\n# @param [Array<String, Integer>] n How\n", ("n", "Array<String, Integer>")),
        ("phpdoc", "/**\n * X.\n * @param array<int, string>|null $n How\n */", ("$n", "array<int, string>|null")),
        ("luals", "--- X.\n---@param n? fun(a: string): number How\n", ("n", "fun(a: string): number")),
        ("swift", "/// X.\n/// - Parameter n: How\n", ("n", None)),
        ("csharp", '/// <summary>X.</summary>\n/// <param name="n">How <see cref="T:A"/></param>', ("n", None)),
        ("javadoc", "/**\n * X.\n * @param n - How\n * @since 1\n */", ("n", None)),
        ("rustdoc", "/// X.\n///\n/// ```\n/// # Errors\n/// ```\n/// # Arguments\n/// - `n`: How", ("n", None)),
        ("shell", "####\n# X.\n# Arguments:\n#   n: How\n####", ("n", None)),
    ],
)  # fmt: skip
def test_what_people_write_is_read(style: str, text: str, item: tuple[str, str | None]) -> None:
    read = parsed(text, style)
    assert read.summary == "X."
    assert (read.parameters[0].name, read.parameters[0].type) == item
    assert read.parameters[0].text.startswith("How")


def test_the_style_of_a_file_is_that_of_most_of_its_units() -> None:
    def texts(*styles: str) -> list[str]:
        return [written(COUNT, INTERFACE, style, "function", "    ") for style in styles]

    for language, styles in LANGUAGES.items():
        for style in styles:
            assert detected(texts(style), language) == style
    assert detected(texts("numpy", "google", "numpy"), "Python") == "numpy"
    assert detected(['"""Say nothing."""', "no string"], "Python") is None
    assert detected([], "Java") is None


@pytest.mark.parametrize(
    ("style", "interface", "expected"),
    [
        ("tsdoc", Interface((Parameter("x", "number"),), "Promise<void>"), Documentation("", "", (Item("x"),))),
        ("jsdoc", Interface((Parameter("x", None, None, "..."),)), Documentation("", "", (Item("x", "...*"),))),
        ("phpdoc", Interface((Parameter("$x", "int", None, "..."),)), Documentation("", "", (Item("...$x", "int"),))),
        ("rustdoc", Interface((Parameter("&mut self"),), "i32"), Documentation("", returns=Item())),
        ("godoc", INTERFACE, Documentation("")),
        ("javadoc", Interface((), "void", False), Documentation("")),
    ],
)
def test_a_skeleton_is_what_the_style_wants(style: str, interface: Interface, expected: Documentation) -> None:
    assert skeleton(interface, "method", style) == expected


def test_lines_keep_their_width() -> None:
    words = Documentation("word " * 60, "- " + "item " * 40, (Item("x", "int", "text " * 50),), None, None, ())
    for style in STYLES.keys() - {"luals"}:
        for line in written(words, Interface(), style, "function", "    ", width=60).split("\n"):
            assert len(line) <= 60, (style, line)


@pytest.mark.parametrize("style", STYLES)
def test_a_long_text_takes_no_longer_for_what_it_holds(style: str) -> None:
    for part in ("`", "\\", "[", "*/", "@param ", "- Returns: ", "Args:\n", "<summary>", "{@code ", "a: "):
        text = part * (8_000 // len(part))
        start = process_time()
        written(Documentation(text, text), Interface(), style, "function")
        parsed(f'"""{text}"""', style)
        parsed(f"/** {text} */", style)
        assert process_time() - start < 1, (style, part)
