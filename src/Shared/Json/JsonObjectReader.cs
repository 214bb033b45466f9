using System.Collections.Immutable;
using System.Text.Json;
using TrustService.Errors;

namespace TrustService.Json;

/// <summary>Typed reading of one JSON object's members; every refusal names the place.</summary>
public readonly struct JsonObjectReader
{
    private readonly JsonElement element;
    private readonly string place;
    private readonly string? name;

    /// <summary>Starts reading an object.</summary>
    /// <param name="element">The object.</param>
    /// <param name="place">Where it stands, for messages: <c>root.roles.timestamp</c>.</param>
    /// <param name="name">What tells it from others of the same place, or null. Only messages put the two together, so that files of many objects cost no text.</param>
    /// <exception cref="TrustException"><see cref="TrustError.MalformedMetadata"/> if it is not an object.</exception>
    public JsonObjectReader(JsonElement element, string place, string? name = null)
    {
        (this.element, this.place, this.name) = (element, place, name);
        if (element.ValueKind != JsonValueKind.Object)
            throw Refuse($"is {Kind(element)}, not an object");
    }

    /// <summary>The object itself.</summary>
    public JsonElement Element => element;

    /// <summary>Where the object stands.</summary>
    public string Place => name is null ? place : $"{place} \"{name}\"";

    /// <summary>The member's value, whatever its type, or null if it is absent.</summary>
    public JsonElement? Optional(string name) => element.TryGetProperty(name, out var value) ? value : null;

    /// <summary>The member's value.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.MalformedMetadata"/> if it is absent.</exception>
    public JsonElement Required(string name) =>
        element.TryGetProperty(name, out var value) ? value : throw Refuse($"has no member \"{name}\"");

    /// <summary>A member that is an object.</summary>
    public JsonObjectReader Object(string name) => new(Required(name), PlaceOf(name));

    /// <summary>A member that is an object, or null if it is absent.</summary>
    public JsonObjectReader? OptionalObject(string name) => Optional(name) is { } value ? new JsonObjectReader(value, PlaceOf(name)) : null;

    /// <summary>A member that is a string.</summary>
    public string Text(string name)
    {
        var value = Required(name);
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Malformed(PlaceOf(name), $"is {Kind(value)}, not a string");
    }

    /// <summary>A member that is true or false, or null if it is absent.</summary>
    public bool? OptionalBoolean(string name) => Optional(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw Malformed(PlaceOf(name), $"is {Kind(other)}, not true or false"),
    };

    /// <summary>A member that is an integer within bounds.</summary>
    public long Integer(string name, long min, long max) => AsInteger(Required(name), name, min, max);

    /// <summary>A member that is an integer within bounds, or null if it is absent.</summary>
    public long? OptionalInteger(string name, long min, long max) =>
        Optional(name) is { } value ? AsInteger(value, name, min, max) : null;

    /// <summary>A member that is an array.</summary>
    public JsonElement Array(string name) => AsArray(Required(name), PlaceOf(name));

    /// <summary>A member that is an array of strings.</summary>
    public ImmutableArray<string> Texts(string name) => AsTexts(Array(name), PlaceOf(name));

    /// <summary>A member that is an array of strings, or null if it is absent.</summary>
    public ImmutableArray<string>? OptionalTexts(string name) =>
        Optional(name) is { } value ? AsTexts(AsArray(value, PlaceOf(name)), PlaceOf(name)) : null;

    /// <summary>All members, each as its name and value.</summary>
    public JsonElement.ObjectEnumerator Members => element.EnumerateObject();

    /// <summary>How many members the object has.</summary>
    public int Count => element.GetPropertyCount();

    /// <summary>The members that <paramref name="known"/> does not name, kept for writing the object again.</summary>
    public UnrecognizedMembers Except(params ReadOnlySpan<string> known)
    {
        List<JsonProperty>? rest = null;
        foreach (var member in element.EnumerateObject())
        {
            if (!IsAmong(member, known))
                (rest ??= []).Add(member);
        }
        return rest is null ? UnrecognizedMembers.None : new UnrecognizedMembers(rest);
    }

    /// <summary>A refusal that names this object's place.</summary>
    public TrustException Refuse(string what) => Malformed(Place, what);

    // By the bytes of the name: most members are known, and need no text of their own.
    private static bool IsAmong(JsonProperty member, ReadOnlySpan<string> known)
    {
        foreach (var name in known)
        {
            if (member.NameEquals(name))
                return true;
        }
        return false;
    }

    // A document that has no name of its own ("the file") is named by whoever refuses it.
    private string PlaceOf(string member) => place.StartsWith("the ", StringComparison.Ordinal) ? member : $"{Place}.{member}";

    private static string AsText(JsonElement value, string place) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Malformed(place, $"is {Kind(value)}, not a string");

    private static JsonElement AsArray(JsonElement value, string place) =>
        value.ValueKind == JsonValueKind.Array ? value : throw Malformed(place, $"is {Kind(value)}, not an array");

    private static ImmutableArray<string> AsTexts(JsonElement array, string place)
    {
        var texts = ImmutableArray.CreateBuilder<string>(array.GetArrayLength());
        foreach (var item in array.EnumerateArray())
            texts.Add(AsText(item, place));
        return texts.MoveToImmutable();
    }

    private long AsInteger(JsonElement value, string name, long min, long max)
    {
        if (value.ValueKind != JsonValueKind.Number)
            throw Malformed(PlaceOf(name), $"is {Kind(value)}, not an integer");
        if (!value.TryGetInt64(out var number) || number < min || number > max)
            throw Malformed(PlaceOf(name), $"is {value.GetRawText()}; an integer from {min} to {max} is needed");
        return number;
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };

    private static TrustException Malformed(string place, string what) =>
        new(TrustError.MalformedMetadata, $"{place} {what}.");
}
