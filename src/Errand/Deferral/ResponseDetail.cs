namespace Errand;

/// <summary>How much a surface tells of a call that goes on in the background, for callers that pay for each word.</summary>
public enum ResponseDetail
{
    /// <summary>Its id, its state, and that it goes on.</summary>
    Minimal,

    /// <summary>Also when it started and how far it has come.</summary>
    Standard,

    /// <summary>Also when it will be done, what went wrong, how often it was tried and what the result will look like.</summary>
    Full,
}

/// <summary>The words for <see cref="ResponseDetail"/> on every surface.</summary>
public static class ResponseDetails
{
    /// <summary>Reads a detail from its word.</summary>
    /// <param name="word"><c>minimal</c>, <c>standard</c> or <c>full</c>.</param>
    /// <param name="parameter">The name of the parameter, for the refusal.</param>
    /// <exception cref="InvalidJobException">It is none of them.</exception>
    public static ResponseDetail Parse(string word, string parameter = "_async_response_format") => word switch
    {
        "minimal" => ResponseDetail.Minimal,
        "standard" => ResponseDetail.Standard,
        "full" => ResponseDetail.Full,
        _ => throw new InvalidJobException(parameter, $"'{word}' is not a valid response format; use minimal, standard or full."),
    };
}
