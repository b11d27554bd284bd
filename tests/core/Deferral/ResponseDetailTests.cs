namespace Errand.Tests.Deferral;

/// <summary>The words by which a caller says how much it wants to be told.</summary>
public sealed class ResponseDetailTests
{
    [Theory]
    [InlineData("minimal", ResponseDetail.Minimal)]
    [InlineData("standard", ResponseDetail.Standard)]
    [InlineData("full", ResponseDetail.Full)]
    public void B_11_there_are_three_response_formats(string word, ResponseDetail detail) => Assert.Equal(detail, ResponseDetails.Parse(word));

    [Theory]
    [InlineData("bogus")]
    [InlineData("Full")]
    [InlineData("")]
    public void B_11_a_wrong_response_format_is_refused_with_the_right_ones(string word)
    {
        var refusal = Assert.Throws<InvalidJobException>(() => ResponseDetails.Parse(word));
        Assert.Equal("_async_response_format", refusal.Parameter);
        Assert.Equal($"'{word}' is not a valid response format; use minimal, standard or full.", refusal.Message);
    }
}
